#include "bin/wherry/format.hpp"

#include <gtest/gtest.h>

namespace {

using namespace wherry::command;  // NOLINT(google-build-using-namespace)
using wherry::json::Value;

const Value object =
    Value::parse(R"({"Id":"a1","Size":7,"State":{"Running":false,"Error":null},"Tags":["x","y"]})")
        .value();

std::string shown(std::string_view format) {
    const auto parsed = Format::parse(format);
    if (!parsed) {
        return "parse: " + parsed.error().message();
    }
    const auto text = parsed->apply(object);
    return text ? *text : "apply: " + text.error().message();
}

TEST(Format, shows_fields_as_go_does) {
    struct Case {
        std::string format, text;
    };
    for (const auto& item : {
             Case{"{{.Id}}", "a1"},
             Case{"<{{ .Size }}|{{.State.Running}}>", "<7|false>"},
             Case{"{{.Tags}} {{json .Tags}}", R"([x y] ["x","y"])"},
             Case{"{{.State.Error}}", "<nil>"},
             Case{"{{json .State}}", R"({"Running":false,"Error":null})"},
             Case{"json", object.dump()},
             Case{"{{json .}}", object.dump()},
             Case{"plain }} text", "plain }} text"},
             Case{"", ""},
         }) {
        EXPECT_EQ(shown(item.format), item.text) << item.format;
    }
}

TEST(Format, refuses_by_name_what_is_not_built) {
    EXPECT_EQ(shown("{{.Id"), "parse: template parsing error: template: :1: unclosed action");
    EXPECT_EQ(shown("{{range .Tags}}"),
              "parse: --format: {{range .Tags}} is not built: use json, {{.FIELD}} or {{json "
              ".FIELD}}");
    EXPECT_EQ(shown("{{.State}}"), "apply: --format: .State is an object: use {{json .State}}");
    EXPECT_EQ(
        shown("{{.Frob}}"),
        "apply: template parsing error: template: :1:2: executing \"\" at <.Frob>: map has no "
        "entry for key \"Frob\"");
}

TEST(IndentJson, changes_blanks_alone) {
    EXPECT_EQ(indent_json(R"([{"a":{},"b":[],"c":[1,"x,:{\"}"],"d":"\u003c"}])", 0), R"([
    {
        "a": {},
        "b": [],
        "c": [
            1,
            "x,:{\"}"
        ],
        "d": "\u003c"
    }
])");
}

}  // namespace
