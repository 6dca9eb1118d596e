// What syslog and journald get for a line.
#include <unistd.h>

#include <array>

#include "base/text.hpp"
#include "monitor/remote_log.hpp"

namespace wherry::monitor {

namespace {

// RFC 5424, table 2: the severities that output gets.
constexpr unsigned error_severity = 3;
constexpr unsigned info_severity = 6;

unsigned severity(logfile::Stream stream) {
    return stream == logfile::Stream::standard_error ? error_severity : info_severity;
}

/// "Nov 24 14:00:00", as RFC 3164 wants it; in UTC.
std::string stamp(Time time) {
    constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto days = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(days);
    const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - days));
    const auto two = [](std::int64_t value, char fill) {
        return (value < 10 ? std::string(1, fill) : std::string()) + std::to_string(value);
    };
    return text::format("{} {} {}:{}:{}", months[static_cast<unsigned>(date.month()) - 1],
                        two(static_cast<unsigned>(date.day()), ' '),
                        two(clock.hours().count(), '0'), two(clock.minutes().count(), '0'),
                        two(clock.seconds().count(), '0'));
}

/// "2026-11-24T14:00:00Z", with microseconds if asked for.
std::string internet_time(Time time, bool micro) {
    const std::string fixed = rfc3339_nano_fixed(time);
    return fixed.substr(0, 19) + (micro ? fixed.substr(19, 7) : "") + "Z";
}

}  // namespace

std::string syslog_message(const wire::LogPlan& plan, logfile::Stream stream,
                           const logfile::Piece& piece) {
    const std::uint32_t priority = plan.facility << 3 | severity(stream);
    const auto pid = static_cast<std::int64_t>(::getpid());
    std::string out;
    switch (plan.format) {
        case wire::SyslogFormat::unix_local:
            out = text::format("<{}>{} {}[{}]: ", priority, stamp(piece.time), plan.tag, pid);
            break;
        case wire::SyslogFormat::rfc3164:
            out = text::format("<{}>{} {} {}[{}]: ", priority, stamp(piece.time), plan.host_name,
                               plan.tag, pid);
            break;
        case wire::SyslogFormat::rfc5424:
        case wire::SyslogFormat::rfc5424micro:
            out = text::format(
                "<{}>1 {} {} {} {} {} - ", priority,
                internet_time(piece.time, plan.format == wire::SyslogFormat::rfc5424micro),
                plan.host_name, plan.tag, pid, plan.tag);
            break;
    }
    return out.append(piece.text).append("\n");
}

std::string journal_message(const wire::LogPlan& plan, logfile::Stream stream,
                            const logfile::Piece& piece) {
    std::string out = plan.fields;
    out += text::format("PRIORITY={}\nSYSLOG_TIMESTAMP={}\n", severity(stream),
                        rfc3339_nano(piece.time));
    if (!piece.id.empty()) {
        out += text::format(
            "CONTAINER_PARTIAL_ID={}\nCONTAINER_PARTIAL_ORDINAL={}\n"
            "CONTAINER_PARTIAL_LAST={}\n",
            piece.id, piece.ordinal, piece.ends_line);
        if (!piece.ends_line) {
            out += "CONTAINER_PARTIAL_MESSAGE=true\n";
        }
    }
    // The text has no newline, so its field needs no length.
    return out.append("MESSAGE=").append(piece.text).append("\n");
}

}  // namespace wherry::monitor
