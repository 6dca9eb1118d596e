#include "api/version.hpp"

#include <gtest/gtest.h>

#include "api/error_body.hpp"

namespace wherry::api {
namespace {

TEST(ApiVersion, compares_part_by_part) {
    const auto at = [](const char* text) { return ApiVersion::parse(text); };
    EXPECT_EQ(at("1.045"), at("1.45"));
    EXPECT_GT(at("1.40.1"), at("1.40"));
    EXPECT_LT(at("1.9"), at("1.10"));
    EXPECT_LT(at("."), lowest_version);
    EXPECT_LT(at("1."), lowest_version);
    EXPECT_GT(at("2"), newest_version);
    EXPECT_EQ(at("1.x"), at("1.0"));
    EXPECT_EQ(at("99999999999"), at("0"));
}

TEST(ApiVersion, shows_what_it_is) {
    EXPECT_EQ(newest_version.text(), "1.55");
    EXPECT_EQ(ApiVersion::parse("1.40.1").text(), "1.40.1");
}

TEST(ErrorBody, is_read_as_it_was_written) {
    EXPECT_EQ(error_body("a <b> \"c\""), "{\"message\":\"a <b> \\\"c\\\"\"}\n");
    EXPECT_EQ(error_message(error_body("a\nb")), "a\nb");
    EXPECT_FALSE(error_message("<html>"));
    EXPECT_FALSE(error_message("[]"));
}

}  // namespace
}  // namespace wherry::api
