#include "base/clock.hpp"

#include <gtest/gtest.h>

namespace wherry {
namespace {

TEST(Clock, writes_times_as_go_does) {
    const Time time = Time(std::chrono::nanoseconds(1'700'000'000'120'000'000));
    EXPECT_EQ(rfc3339_nano(time), "2023-11-14T22:13:20.12Z");
    EXPECT_EQ(rfc3339_nano_fixed(time), "2023-11-14T22:13:20.120000000Z");
    EXPECT_EQ(rfc3339_nano(Time(std::chrono::seconds(0))), "1970-01-01T00:00:00Z");
}

TEST(Clock, reads_what_it_writes_and_offsets) {
    for (const std::string text : {"2023-11-14T22:13:20.123456789Z", "1970-01-01T00:00:00Z"}) {
        const auto time = parse_rfc3339(text);
        ASSERT_TRUE(time) << text;
        EXPECT_EQ(rfc3339_nano(*time), text);
    }
    EXPECT_EQ(rfc3339_nano(*parse_rfc3339("2023-11-15T00:13:20+02:00")), "2023-11-14T22:13:20Z");
}

TEST(Clock, refuses_what_is_no_time) {
    for (const std::string text :
         {"", "2023", "2023-13-01T00:00:00Z", "2023-11-14T22:13:20", "2023-11-14 22:13:20Z",
          "2023-11-14T22:13:20.Z", "2023-11-14T22:13:20+2:00"}) {
        EXPECT_FALSE(parse_rfc3339(text)) << text;
    }
}

TEST(Clock, unix_times_have_an_optional_fraction) {
    EXPECT_EQ(parse_unix_time("12.5"), Time(std::chrono::milliseconds(12'500)));
    EXPECT_EQ(parse_unix_time("12"), Time(std::chrono::seconds(12)));
    EXPECT_FALSE(parse_unix_time("5m"));
    EXPECT_FALSE(parse_unix_time("12."));
    EXPECT_FALSE(parse_unix_time(""));
}

TEST(Clock, times_beyond_nanoseconds_are_the_ends_of_time) {
    EXPECT_EQ(wherry::parse_rfc3339("0001-01-01T00:00:00Z"), wherry::Time::min());
    EXPECT_EQ(wherry::parse_rfc3339("9999-12-31T23:59:59Z"), wherry::Time::max());
}

}  // namespace
}  // namespace wherry
