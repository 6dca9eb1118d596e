#include "codec/json/json.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace wherry::json {
namespace {

struct Inner {
    std::int64_t count = 0;
    Unknown unknown;
};

struct Outer {
    std::string name;
    bool flag = false;
    std::optional<std::int64_t> limit;
    List<std::string> words;
    Map<Inner> inners;
    std::optional<Inner> one;
    std::uint16_t port = 0;
};

template <class Io>
void fields(Io& io, Inner& s) {
    io.field("Count", s.count, Empty::omit);
    io.unknown(s.unknown);
}

template <class Io>
void fields(Io& io, Outer& s) {
    io.field("Name", s.name);
    io.field("Flag", s.flag, Empty::omit);
    io.field("Limit", s.limit, Empty::null);
    io.field("Words", s.words, Empty::null);
    io.field("Inners", s.inners, Empty::omit);
    io.field("One", s.one, Empty::omit);
    io.field("Port", s.port, Empty::omit);
}

std::string round_trip(std::string_view text) {
    const auto value = decode<Outer>(text, {.keep_unknown = true});
    return value ? encode(*value) : value.error().message();
}

TEST(Json, empty_members_write_what_their_style_says) {
    EXPECT_EQ(encode(Outer{}), R"({"Name":"","Limit":null,"Words":null})");
    Outer outer;
    outer.words = List<std::string>::empty_list();
    EXPECT_EQ(encode(outer), R"({"Name":"","Limit":null,"Words":[]})");
}

TEST(Json, names_match_without_case_and_nulls_change_nothing) {
    const auto value = decode<Outer>(R"({"nAmE":"x","FLAG":true,"words":null,"Other":{"a":1}})");
    ASSERT_TRUE(value.ok()) << value.error().message();
    EXPECT_EQ(value->name, "x");
    EXPECT_TRUE(value->flag);
    EXPECT_TRUE(value->words.is_null());
}

TEST(Json, members_that_are_not_known_survive_a_round_trip) {
    EXPECT_EQ(round_trip(R"({"Name":"x","One":{"Count":1,"New":[1,"a"]}})"),
              R"({"Name":"x","Limit":null,"Words":null,"One":{"Count":1,"New":[1,"a"]}})");
}

TEST(Json, errors_name_the_member) {
    const std::pair<const char*, const char*> cases[] = {
        {R"({"Name":1})", "Name: want a string, got number"},
        {R"({"Inners":{"a":{"Count":"x"}}})", "Inners.a.Count: want a number, got string"},
        {R"({"Port":70000})", "Port: want an integer in range, got number"},
        {R"({"Port":-1})", "Port: want an integer in range, got number"},
        {R"({"Limit":1.5})", "Limit: want an integer in range, got number"},
        {R"({"Words":{}})", "Words: want an array, got object"},
        {R"([])", ".: want an object, got array"},
        {R"({"Name":)", "unexpected EOF"},
        {R"({}{})", "unexpected content after JSON"}};
    for (const auto& [text, wanted] : cases) {
        EXPECT_EQ(round_trip(text), wanted) << text;
    }
}

TEST(Json, of_names_that_differ_in_case_the_exact_one_counts_else_the_last) {
    EXPECT_EQ(decode<Outer>(R"({"NAME":"wrong","Name":"x","name":"wrong"})")->name, "x");
    EXPECT_EQ(decode<Outer>(R"({"NAME":"wrong","name":"x"})")->name, "x");
    EXPECT_EQ(decode<Outer>(R"({"Name":"wrong","Name":"x"})")->name, "x");
}

TEST(Json, null_empties_lists_and_optionals_and_leaves_scalars) {
    Outer outer{.name = "kept", .limit = 5, .words = {"a"}};
    const auto document = Document::parse(R"({"Name":null,"Limit":null,"Words":null})");
    ReadState state;
    Reader(document->root(), state).value(outer);
    EXPECT_EQ(encode(outer), R"({"Name":"kept","Limit":null,"Words":null})");
}

struct Command {
    List<std::string> cmd;
};
template <class Io>
void fields(Io& io, Command& s) {
    io.text_or_list("Cmd", s.cmd, Empty::null);
}

TEST(Json, a_text_may_stand_for_a_list_where_the_struct_says_so) {
    const std::pair<const char*, const char*> cases[] = {
        {R"({"Cmd":"echo hi"})", R"({"Cmd":["echo hi"]})"},
        {R"({"cmd":["echo","hi"]})", R"({"Cmd":["echo","hi"]})"},
        {R"({"Cmd":[]})", R"({"Cmd":[]})"},
        {R"({"Cmd":null})", R"({"Cmd":null})"}};
    for (const auto& [text, wanted] : cases) {
        EXPECT_EQ(encode(*decode<Command>(text)), wanted);
    }
    EXPECT_FALSE(decode<Command>(R"({"Cmd":5})").ok());
    EXPECT_FALSE(decode<List<std::string>>(R"("echo")").ok());
}

TEST(Json, numbers_are_written_as_go_does) {
    const std::pair<double, const char*> cases[] = {
        {3.0, "3"},           {-0.5, "-0.5"},
        {100000.0, "100000"}, {1e20, "100000000000000000000"},
        {1e21, "1e+21"},      {0.000001, "0.000001"},
        {1e-7, "1e-7"},       {-2.5e-10, "-2.5e-10"},
        {1e100, "1e+100"}};
    for (const auto& [value, wanted] : cases) {
        EXPECT_EQ(encode(value), wanted);
    }
    EXPECT_EQ(encode(std::numeric_limits<std::uint64_t>::max()), "18446744073709551615");
    EXPECT_EQ(encode(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
    EXPECT_EQ(decode<std::uint64_t>("18446744073709551615").value(),
              std::numeric_limits<std::uint64_t>::max());
    EXPECT_EQ(Value::parse("18446744073709551615")->dump(), "18446744073709551615");
    EXPECT_FALSE(decode<std::int64_t>("9223372036854775808").ok());
}

TEST(Json, text_that_is_not_utf8_is_repaired_when_read) {
    EXPECT_EQ(decode<Outer>("{\"Name\":\"a\xff\xc3\"}")->name, "a\uFFFD\uFFFD");
    EXPECT_EQ(Value::parse("{\"\xff\":\"ü\"}")->dump(), "{\"\uFFFD\":\"ü\"}");
}

TEST(Json, nesting_has_a_limit) {
    EXPECT_FALSE(Value::parse(std::string(100'000, '[')).ok());
    EXPECT_FALSE(decode<Outer>(std::string(70, '[') + std::string(70, ']')).ok());
}

TEST(Json, text_is_escaped_as_go_does) {
    const std::pair<std::string, const char*> cases[] = {
        {"<a>&\"\\/", R"("<a>&\"\\/")"},
        {std::string("\x00\x1f\n\t", 4), R"("\u0000\u001f\n\t")"},
        {"\xff"
         "a\xc3",
         R"("\ufffda\ufffd")"},
        {"\xe2\x80\xa8ü", "\"\\u2028ü\""},
        {"\xed\xa0\x80", R"("\ufffd\ufffd\ufffd")"}};
    for (const auto& [text, wanted] : cases) {
        EXPECT_EQ(encode(text), wanted);
    }
}

TEST(Json, a_null_list_is_null_inside_another_and_empty_at_the_root) {
    EXPECT_EQ(encode(List<std::string>()), "[]");
    const Map<List<bool>> map = {{"a", {}}, {"b", {true}}, {"c", List<bool>::empty_list()}};
    EXPECT_EQ(encode(map), R"({"a":null,"b":[true],"c":[]})");
    EXPECT_EQ(encode(*decode<Map<List<bool>>>(R"({"a":null})")), R"({"a":null})");
}

TEST(Json, strings_in_braces_are_strings) {
    const List<std::string> words{"echo", "hi"};
    EXPECT_EQ(encode(words), R"(["echo","hi"])");
}

TEST(Json, documents_keep_their_order) {
    const auto value = Value::parse(R"({"b":1,"a":[true,null,-2,0.5,"x"]})");
    ASSERT_TRUE(value.ok());
    EXPECT_EQ(value->dump(), R"({"b":1,"a":[true,null,-2,0.5,"x"]})");
    EXPECT_EQ(value->find("a")->as_array().size(), 5U);
    EXPECT_EQ(value->find("none"), nullptr);
}

}  // namespace
}  // namespace wherry::json
