// Whatever has the name: a container first, then an image, a network, a volume. What the engine
// says is shown as it came.
#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "bin/wherry/command.hpp"
#include "bin/wherry/format.hpp"
#include "sdk/call.hpp"

namespace wherry::command {

namespace {

constexpr int bad_format = 64;

struct Kind {
    std::string_view name;
    std::string_view before;  ///< of the path, around the name
    std::string_view after;
};
constexpr std::array kinds{
    Kind{.name = "container", .before = "/containers/", .after = "/json"},
    Kind{.name = "image", .before = "/images/", .after = "/json"},
    Kind{.name = "network", .before = "/networks/", .after = ""},
    Kind{.name = "volume", .before = "/volumes/", .after = ""},
};

struct InspectFlags {
    std::string format;
    std::string type;
    bool size = false;
};

Result<std::string> ask(const Client& client, const Kind& kind, const std::string& name,
                        bool size) {
    RawCall call;
    call.path = text::format("{}{}{}", kind.before, sdk::segment(name), kind.after);
    if (size && kind.name == "container") {
        call.query.emplace_back("size", "1");
    }
    TRY(auto reply, client.call(call));
    return std::string(text::trim(reply.body));
}

Result<std::string> find(const Client& client, const std::string& name, const InspectFlags& flags) {
    for (const Kind& kind : kinds) {
        if (!flags.type.empty() && kind.name != flags.type) {
            continue;
        }
        auto found = ask(client, kind, name, flags.size);
        const bool missing = !found && found.error().kind() == ErrorKind::not_found;
        if (!missing || !flags.type.empty()) {
            return found;
        }
    }
    return fail(ErrorKind::not_found, "Error: No such object: {}", name);
}

std::string shown_whole(const std::vector<std::string>& found, bool one_line) {
    if (one_line) {
        return "[" + text::join(found, ",") + "]\n";
    }
    return indent_json("[" + text::join(found, ",") + "]", 0) + "\n";
}

Result<std::string> shown_by(const Format& format, const std::vector<std::string>& found) {
    std::string out;
    for (const std::string& body : found) {
        TRY(const auto object, json::Value::parse(body));
        TRY(const std::string line, format.apply(object));
        out += line + "\n";
    }
    return out;
}

}  // namespace

int inspect(const Context& context) {
    Flags flags;
    InspectFlags chosen;
    flags.value("format", 'f', chosen.format);
    flags.value("type", 0, chosen.type);
    flags.flag("size", 's', chosen.size);
    const auto parsed = parse(context, flags, {.least = 1});
    if (parsed.exit_code) {
        return *parsed.exit_code;
    }
    if (!chosen.type.empty() && std::ranges::find(kinds, chosen.type, &Kind::name) == kinds.end()) {
        print_error(
            text::format("unknown type: \"{}\": must be one of \"container\", \"image\", "
                         "\"network\", \"volume\"\n",
                         chosen.type));
        return 1;
    }
    const auto format = Format::parse(chosen.format);
    if (!format) {
        print_error(format.error().message() + "\n");
        return bad_format;
    }
    const Client client = context.connect();
    std::vector<std::string> found;
    std::string problems;
    for (const std::string& name : parsed.arguments) {
        auto body = find(client, name, chosen);
        if (body) {
            found.push_back(std::move(*body));
        } else {
            problems += words_of(body.error()) + "\n";
        }
    }
    if (chosen.format.empty() || format->is_json()) {
        print(shown_whole(found, format->is_json()));
    } else {
        const auto shown = shown_by(*format, found);
        if (!shown) {
            return report(shown.error());
        }
        print(*shown);
    }
    print_error(problems);
    return problems.empty() ? 0 : 1;
}

}  // namespace wherry::command
