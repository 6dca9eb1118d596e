#include "bin/wherry/words.hpp"

#include <gtest/gtest.h>

#include "bin/wherry/progress.hpp"
#include "bin/wherry/table.hpp"

namespace {

using namespace wherry::command;  // NOLINT(google-build-using-namespace)
using std::chrono::seconds;

TEST(Words, tell_durations_as_people_do) {
    const std::vector<std::pair<int, std::string>> cases{
        {0, "Less than a second"}, {1, "1 second"},         {59, "59 seconds"},
        {60, "About a minute"},    {119, "About a minute"}, {120, "2 minutes"},
        {3599, "59 minutes"},      {3600, "About an hour"}, {5399, "About an hour"},
        {5400, "2 hours"},         {47 * 3600, "47 hours"}, {48 * 3600, "2 days"},
        {13 * 86400, "13 days"},   {14 * 86400, "2 weeks"}, {60 * 86400, "2 months"},
        {800 * 86400, "2 years"}};
    for (const auto& [duration, text] : cases) {
        EXPECT_EQ(human_duration(seconds(duration)), text) << duration;
    }
}

TEST(Words, tell_sizes_in_decimal_units) {
    EXPECT_EQ(human_size(0), "0B");
    EXPECT_EQ(human_size(999), "999B");
    EXPECT_EQ(human_size(1990000), "1.99MB");
    EXPECT_EQ(human_size(123456789), "123.5MB");
}

TEST(Words, shorten_by_characters_and_quote_as_go_does) {
    EXPECT_EQ(shorten("12345678901234567890", 20), "12345678901234567890");
    EXPECT_EQ(shorten("123456789012345678901", 20), "1234567890123456789…");
    EXPECT_EQ(shorten("ääää", 3), "ää…");
    EXPECT_EQ(quote("echo \"a\"\n\\"), R"("echo \"a\"\n\\")");
}

TEST(Words, tell_build_times_as_the_docker_command_does) {
    EXPECT_EQ(build_time("2026-09-15T11:02:57.000000000+00:00"), "Tue Sep 15 11:02:57 2026");
    EXPECT_EQ(build_time("2026-09-05T01:02:03Z"), "Sat Sep  5 01:02:03 2026");
    EXPECT_EQ(build_time("unknown"), "unknown");
}

wherry::api::PortSummary port(std::string address, std::uint16_t inside, std::uint16_t outside) {
    wherry::api::PortSummary summary;
    summary.ip = std::move(address);
    summary.private_port = inside;
    summary.public_port = outside;
    summary.type = "tcp";
    return summary;
}

TEST(Ports, are_shown_as_the_docker_command_does) {
    EXPECT_EQ(ports_text({}), "");
    EXPECT_EQ(ports_text({port("", 80, 0)}), "80/tcp");
    EXPECT_EQ(ports_text({port("", 81, 0), port("", 80, 0), port("", 90, 0)}), "80-81/tcp, 90/tcp");
    EXPECT_EQ(ports_text({port("::", 80, 8080), port("0.0.0.0", 80, 8080)}),
              "0.0.0.0:8080->80/tcp, [::]:8080->80/tcp");
    EXPECT_EQ(ports_text({port("0.0.0.0", 9000, 9000), port("0.0.0.0", 9001, 9001)}),
              "0.0.0.0:9000-9001->9000-9001/tcp");
}

TEST(Since, takes_durations_dates_and_seconds) {
    const wherry::Time now{std::chrono::seconds(1000)};
    EXPECT_EQ(since_text("10s", now).value(), "990.000000000");
    EXPECT_EQ(since_text("1m30s", now).value(), "910.000000000");
    EXPECT_EQ(since_text("1.5s", now).value(), "998.500000000");
    EXPECT_EQ(since_text("12.5", now).value(), "12.5");
    EXPECT_EQ(since_text("1970-01-01T00:01:00Z", now).value(), "60.000000000");
    EXPECT_EQ(since_text("1970-01-02", now).value(), "86400.000000000");
    EXPECT_FALSE(since_text("yesterday", now).ok());
}

TEST(Table, is_aligned_by_characters) {
    Table table({"ID", "NAME", "X"});
    table.add({"1234567890ab", "ä", "last"});
    EXPECT_EQ(table.text(), "ID             NAME      X\n1234567890ab   ä         last\n");
}

TEST(Progress, is_drawn_over_itself_on_a_terminal_and_left_out_elsewhere) {
    using wherry::Progress;
    ProgressView plain(false);
    EXPECT_EQ(plain.show({.id = "a", .status = "Waiting"}), "a: Waiting\n");
    EXPECT_EQ(plain.show({.id = "a", .status = "Downloading", .current = 1, .total = 2}), "");
    EXPECT_EQ(plain.show({.status = "Digest: x"}), "Digest: x\n");
    ProgressView view(true);
    EXPECT_EQ(view.show({.id = "a", .status = "Waiting"}), "a: Waiting\n");
    EXPECT_EQ(view.show({.id = "b", .status = "Waiting"}), "b: Waiting\n");
    EXPECT_EQ(view.show({.id = "a", .status = "Done"}), "\x1b[2A\x1b[2K\ra: Done\x1b[2B\r");
    EXPECT_EQ(progress_bar({.current = 1, .total = 2}),
              "[=========================>                        ]  1B/2B");
}

}  // namespace
