#include "base/text.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "base/id.hpp"

namespace wherry {
namespace {

TEST(Text, format_fills_holes_in_order) {
    EXPECT_EQ(text::format("a {} c {}", "b", 4), "a b c 4");
    EXPECT_EQ(text::format("{}{}", true, 'x'), "truex");
    EXPECT_EQ(text::format("no holes"), "no holes");
    EXPECT_EQ(text::format("too few {}", 1, 2), "too few 12");
}

TEST(Text, split_keeps_empty_parts) {
    using Parts = std::vector<std::string_view>;
    EXPECT_EQ(text::split("a,,b", ','), (Parts{"a", "", "b"}));
    EXPECT_EQ(text::split("", ','), (Parts{""}));
}

TEST(Text, parse_int_takes_the_whole_text_or_nothing) {
    EXPECT_EQ(text::parse_int("-12"), -12);
    EXPECT_FALSE(text::parse_int("12x"));
    EXPECT_FALSE(text::parse_int(""));
    EXPECT_FALSE(text::parse_int<std::uint16_t>("70000"));
}

TEST(Error, reads_outside_in) {
    const Error error = std::move(os_failure("open", "/a", ENOENT)).in("start web");
    EXPECT_EQ(error.message(), "start web: open /a: no such file or directory");
    EXPECT_EQ(error.status(), 500);
    EXPECT_EQ(error.os_error(), ENOENT);
}

TEST(Id, has_64_hex_digits_and_a_letter_up_front) {
    const std::string id = new_id();
    EXPECT_EQ(id.size(), 64U);
    EXPECT_NE(short_id(id).find_first_of("abcdef"), std::string_view::npos);
}

}  // namespace
}  // namespace wherry
