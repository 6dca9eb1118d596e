#include "base/base64.hpp"

#include <gtest/gtest.h>

namespace wherry {
namespace {

TEST(Base64, round_trips_in_both_alphabets) {
    for (const std::string text : {"", "f", "fo", "foo", "foob", "\xff\xfe\xfd"}) {
        EXPECT_EQ(base64_decode(base64(text)).value_or("error"), text);
    }
    EXPECT_EQ(base64("user:pass"), "dXNlcjpwYXNz");
    EXPECT_EQ(base64_decode("__79").value_or("error"), "\xff\xfe\xfd");
    EXPECT_EQ(base64_decode("//79").value_or("error"), "\xff\xfe\xfd");
    EXPECT_FALSE(base64_decode("a*b"));
}

}  // namespace
}  // namespace wherry
