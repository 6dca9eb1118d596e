#include <gtest/gtest.h>
#include <unistd.h>

#include "base/text.hpp"
#include "monitor/remote_log.hpp"

namespace wherry::monitor {

namespace {

// 2026-11-04T10:02:03.123456789Z
constexpr Time at{std::chrono::nanoseconds(1793786523123456789)};

std::string said(wire::SyslogFormat format, logfile::Stream stream) {
    wire::LogPlan plan;
    plan.driver = wire::LogDriver::syslog;
    plan.format = format;
    plan.tag = "web";
    plan.host_name = "box";
    std::string out = syslog_message(plan, stream, {.text = "hello", .time = at});
    const std::string pid = std::to_string(::getpid());
    if (const auto found = out.find(pid); found != std::string::npos) {
        out.replace(found, pid.size(), "PID");
    }
    return out;
}

TEST(SyslogMessage, has_the_references_forms) {
    using wire::SyslogFormat;
    const auto out = logfile::Stream::standard_output;
    EXPECT_EQ(said(SyslogFormat::unix_local, out), "<30>Nov  4 10:02:03 web[PID]: hello\n");
    EXPECT_EQ(said(SyslogFormat::unix_local, logfile::Stream::standard_error),
              "<27>Nov  4 10:02:03 web[PID]: hello\n");
    EXPECT_EQ(said(SyslogFormat::rfc3164, out), "<30>Nov  4 10:02:03 box web[PID]: hello\n");
    EXPECT_EQ(said(SyslogFormat::rfc5424, out),
              "<30>1 2026-11-04T10:02:03Z box web PID web - hello\n");
    EXPECT_EQ(said(SyslogFormat::rfc5424micro, out),
              "<30>1 2026-11-04T10:02:03.123456Z box web PID web - hello\n");
}

TEST(JournalMessage, is_a_native_entry) {
    wire::LogPlan plan;
    plan.fields = "CONTAINER_ID=abc\n";
    EXPECT_EQ(journal_message(plan, logfile::Stream::standard_error, {.text = "oh no", .time = at}),
              "CONTAINER_ID=abc\nPRIORITY=3\nSYSLOG_TIMESTAMP=2026-11-04T10:02:03.123456789Z\n"
              "MESSAGE=oh no\n");
    const auto piece =
        journal_message(plan, logfile::Stream::standard_output,
                        {.text = "x", .time = at, .ends_line = false, .id = "i", .ordinal = 2});
    EXPECT_NE(piece.find("CONTAINER_PARTIAL_ID=i\nCONTAINER_PARTIAL_ORDINAL=2\n"
                         "CONTAINER_PARTIAL_LAST=false\nCONTAINER_PARTIAL_MESSAGE=true\n"),
              std::string::npos)
        << piece;
}

}  // namespace

}  // namespace wherry::monitor
