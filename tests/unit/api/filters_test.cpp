#include "api/filters.hpp"

#include <gtest/gtest.h>

#include "api/pattern.hpp"
#include "api/until.hpp"

namespace wherry::api {
namespace {

TEST(Filters, both_encodings_are_read) {
    const auto maps = Filters::parse(R"({"label":{"a=b":true,"c":true},"name":{"x":true}})");
    const auto lists = Filters::parse(R"({"label":["a=b","c"],"name":["x"]})");
    ASSERT_TRUE(maps.ok() && lists.ok());
    EXPECT_EQ(*maps, *lists);
    EXPECT_EQ(lists->encode(), R"({"label":{"a=b":true,"c":true},"name":{"x":true}})");
    EXPECT_EQ(lists->values("label"), (std::vector<std::string>{"a=b", "c"}));
}

TEST(Filters, nothing_is_no_filter) {
    for (const char* text : {"", "null", "{}"}) {
        const auto filters = Filters::parse(text);
        ASSERT_TRUE(filters.ok()) << text;
        EXPECT_TRUE(filters->empty());
        EXPECT_EQ(filters->encode(), "");
    }
    EXPECT_TRUE(Filters::parse(R"({"label":null})")->exact("label", "x"));
}

TEST(Filters, other_shapes_are_refused_as_the_reference_does) {
    for (const char* text : {R"({"label":"a"})", "[]", R"(["a"])", "x", R"({"label":{"a":1}})",
                             R"({"label":[1]})", "{} {}", R"({"label":["a"],"name":{"a":true}})"}) {
        const auto filters = Filters::parse(text);
        ASSERT_FALSE(filters.ok()) << text;
        EXPECT_EQ(filters.error().message(), "invalid filter");
        EXPECT_EQ(filters.error().status(), 400);
    }
}

TEST(Filters, keys_are_checked) {
    const auto filters = *Filters::parse(R"({"foo":[]})");
    EXPECT_TRUE(filters.check_keys({"foo", "bar"}).ok());
    const auto checked = filters.check_keys({"bar"});
    ASSERT_FALSE(checked.ok());
    EXPECT_EQ(checked.error().message(), "invalid filter 'foo'");
}

TEST(Filters, flags) {
    const std::pair<const char*, const char*> cases[] = {
        {R"({})", "no"},
        {R"({"dangling":["true"]})", "yes"},
        {R"({"dangling":["1"]})", "yes"},
        {R"({"dangling":["0","false"]})", "no"},
        {R"({"dangling":["maybe"]})", "invalid filter 'dangling=[maybe]'"},
        {R"({"dangling":["TRUE"]})", "invalid filter 'dangling=[TRUE]'"},
        {R"({"dangling":["true","false"]})", "invalid filter 'dangling=[false true]'"},
        {R"({"dangling":{"true":false}})", "invalid filter 'dangling=[true]'"},
        {R"({"dangling":[]})", "invalid filter 'dangling'"}};
    for (const auto& [text, wanted] : cases) {
        const auto flag = Filters::parse(text)->flag("dangling", false);
        EXPECT_EQ(flag ? (*flag ? "yes" : "no") : flag.error().message(), wanted) << text;
    }
    EXPECT_TRUE(Filters().flag("dangling", true).value());
}

TEST(Filters, ways_to_match) {
    const auto filters = *Filters::parse(
        R"({"id":{"abc":true},"name":{"^/we":true,"db":true},"driver":{"bridge":true},"off":{"x":false}})");
    EXPECT_TRUE(filters.exact("driver", "bridge"));
    EXPECT_FALSE(filters.exact("driver", "bridge2"));
    EXPECT_TRUE(filters.exact("missing", "anything"));
    EXPECT_FALSE(filters.exact("off", "x"));
    EXPECT_TRUE(filters.prefix("off", "xyz"));
    EXPECT_TRUE(filters.prefix("id", "abcdef"));
    EXPECT_FALSE(filters.prefix("id", "ab"));
    EXPECT_TRUE(filters.pattern("name", "/web"));
    EXPECT_TRUE(filters.pattern("name", "mydb1"));
    EXPECT_FALSE(filters.pattern("name", "/x/we"));
}

TEST(Filters, labels_must_all_match) {
    const std::map<std::string, std::string, std::less<>> labels = {{"a", "1"}, {"b", "x=y"}};
    const std::pair<const char*, bool> cases[] = {{R"({})", true},
                                                  {R"({"label":["a"]})", true},
                                                  {R"({"label":["a=1","b"]})", true},
                                                  {R"({"label":["b=x=y"]})", true},
                                                  {R"({"label":["a="]})", false},
                                                  {R"({"label":["a=2"]})", false},
                                                  {R"({"label":["a","c"]})", false}};
    for (const auto& [text, wanted] : cases) {
        EXPECT_EQ(Filters::parse(text)->labels("label", labels), wanted) << text;
    }
}

struct PatternCase {
    const char* pattern;
    const char* text;
    bool found;
};

TEST(Pattern, finds_what_go_finds) {
    const PatternCase cases[] = {{"", "x", true},
                                 {"web", "myweb1", true},
                                 {"^web$", "web", true},
                                 {"^web$", "web1", false},
                                 {"^/web$", "/web", true},
                                 {"w.b", "wxb", true},
                                 {"w.b", "wb", false},
                                 {"a|b", "xb", true},
                                 {"^(a|bc)d$", "bcd", true},
                                 {"^(a|bc)d$", "ad", true},
                                 {"^(a|bc)d$", "abcd", false},
                                 {"ab*c", "ac", true},
                                 {"ab+c", "ac", false},
                                 {"ab+c", "abbbc", true},
                                 {"^ab?c$", "abbc", false},
                                 {"^a{2,3}$", "aa", true},
                                 {"^a{2,3}$", "aaaa", false},
                                 {"^a{2}$", "aaa", false},
                                 {"^a{2,}$", "aaaaa", true},
                                 {"^(ab){2}$", "abab", true},
                                 {"[a-c]x", "bx", true},
                                 {"[^a-c]x", "bx", false},
                                 {"[]a]x", "]x", true},
                                 {"[a-]x", "-x", true},
                                 {R"(\d+)", "a1", true},
                                 {R"(^\w+$)", "a-b", false},
                                 {R"(a\.b)", "axb", false},
                                 {R"(a\.b)", "a.b", true},
                                 {R"([\d_]z)", "_z", true},
                                 {"(?i)WEB", "web", true},
                                 {"(?:a)b", "ab", true},
                                 {"a|", "zzz", true},
                                 {"^$", "", true},
                                 {"^$", "x", false},
                                 {"a*?b", "aab", true},
                                 {"(a*)*b", "aaab", true},
                                 {"x{", "x{", true},
                                 {"a{,2}", "a{,2}", true},
                                 {"^(a|b)*$", "abba", true},
                                 {"^(a|b)+c{0,1}$", "abbac", true}};
    for (const auto& [pattern, text, found] : cases) {
        const auto compiled = Pattern::compile(pattern);
        ASSERT_TRUE(compiled.has_value()) << pattern;
        EXPECT_EQ(compiled->found_in(text), found) << pattern << " in " << text;
    }
}

TEST(Pattern, what_go_refuses_is_refused) {
    for (const char* pattern : {"[", "(", ")", "a)", "*a", "+", "a\\", "[b-a]", "(?P<", "a{3,2}",
                                "a{1001}", "\\q", "[a", "(*)"}) {
        EXPECT_FALSE(Pattern::compile(pattern).has_value()) << pattern;
    }
    EXPECT_FALSE(Pattern::compile(std::string(1000, '(') + std::string(1000, ')')).has_value());
    EXPECT_TRUE(Pattern::compile(std::string(90, '(') + "a" +
                                 [] {
                                     std::string closing;
                                     for (int depth = 0; depth < 90; ++depth) {
                                         closing += ")?";
                                     }
                                     return closing;
                                 }())
                    .has_value());
    EXPECT_FALSE(Pattern::compile("((a{100}){100}){100}").has_value());
}

TEST(Pattern, hostile_patterns_take_linear_time) {
    const auto compiled = Pattern::compile("^(a+)+$");
    ASSERT_TRUE(compiled.has_value());
    EXPECT_FALSE(compiled->found_in(std::string(20'000, 'a') + "b"));
}

TEST(Glob, matches_as_a_shell_does) {
    const PatternCase cases[] = {{"alpine", "alpine", true},
                                 {"alp*", "alpine", true},
                                 {"alp*", "alp/x", false},
                                 {"*/x", "alp/x", true},
                                 {"a?pine", "alpine", true},
                                 {"a[k-m]pine", "alpine", true},
                                 {"a[^l]pine", "alpine", false},
                                 {"alpine:*", "alpine:3", true},
                                 {"*", "", true},
                                 {"a*b*c", "axxbxxc", true},
                                 {"a*b*c", "axxbxx", false},
                                 {R"(\*)", "*", true},
                                 {R"(\*)", "x", false},
                                 {"", "", true},
                                 {"", "a", false},
                                 {"?", "/", false},
                                 {"[a-", "x", false}};
    for (const auto& [pattern, text, matches] : cases) {
        const auto matched = glob_match(pattern, text);
        EXPECT_EQ(matched.ok() && *matched, matches) << pattern << " on " << text;
    }
    for (const char* pattern : {"[", "a[", "[]", "[a-", "\\", "[-a]"}) {
        const auto matched = glob_match(pattern, "a");
        ASSERT_FALSE(matched.ok()) << pattern;
        EXPECT_EQ(matched.error().message(), "syntax error in pattern");
        EXPECT_EQ(matched.error().status(), 500);
    }
}

TEST(Until, durations_are_gos) {
    using namespace std::chrono_literals;
    const std::pair<const char*, std::optional<std::chrono::nanoseconds>> cases[] = {
        {"0", 0ns},   {"1h", 1h},       {"1h30m", 90min}, {"1.5h", 90min},  {"-5m", -5min},
        {"+5s", 5s},  {"300ms", 300ms}, {"1us", 1us},     {"1µs", 1us},     {".5s", 500ms},
        {"1.s", 1s},  {"", {}},         {"1", {}},        {"h", {}},        {"1d", {}},
        {"1h x", {}}, {"-", {}},        {".s", {}},       {"99999999h", {}}};
    for (const auto& [text, wanted] : cases) {
        EXPECT_EQ(parse_duration(text), wanted) << text;
    }
}

TEST(Until, times_and_durations) {
    const Time now = *parse_rfc3339("2026-11-24T10:00:00Z");
    const std::pair<const char*, const char*> cases[] = {
        {"1h", "2026-11-24T09:00:00Z"},
        {"-5m", "2026-11-24T10:05:00Z"},
        {"2020-01-01", "2020-01-01T00:00:00Z"},
        {"2020-01-01Z", "2020-01-01T00:00:00Z"},
        {"2020-01-01T10", "2020-01-01T10:00:00Z"},
        {"2020-01-01T10:20", "2020-01-01T10:20:00Z"},
        {"2020-01-01T10:20:30", "2020-01-01T10:20:30Z"},
        {"2020-01-01T10:20:30.5+01:00", "2020-01-01T09:20:30.5Z"},
        {"1577836800", "2020-01-01T00:00:00Z"},
        {"1577836800.5", "2020-01-01T00:00:00.5Z"}};
    for (const auto& [text, wanted] : cases) {
        const auto time = parse_until(text, now);
        ASSERT_TRUE(time.ok()) << text;
        EXPECT_EQ(rfc3339_nano(*time), wanted) << text;
    }
    for (const char* text :
         {"", "x", "12.x", "2020-13-01", "2020-01-01 10:00:00", "2020-1-1", "-"}) {
        const auto time = parse_until(text, now);
        ASSERT_FALSE(time.ok()) << text;
        EXPECT_EQ(time.error().status(), 400);
    }
}

TEST(Filters, until_takes_one_value) {
    const Time now = *parse_rfc3339("2026-11-24T10:00:00Z");
    EXPECT_FALSE(Filters().until(now)->has_value());
    EXPECT_EQ(**Filters::parse(R"({"until":["0"]})")->until(now), now);
    const auto two = Filters::parse(R"({"until":["1h","2h"]})")->until(now);
    ASSERT_FALSE(two.ok());
    EXPECT_EQ(two.error().message(), "more than one until filter specified");
}

}  // namespace
}  // namespace wherry::api
