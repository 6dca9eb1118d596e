#include "engine/containers/log_values.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "os/file.hpp"

namespace wherry::containers {

namespace {

Error refused(std::string text) {
    return {ErrorKind::invalid, std::move(text)};
}

constexpr std::array<std::string_view, 24> facilities = {
    "kern",   "user",   "mail",     "daemon", "auth",   "syslog", "lpr",    "news",
    "uucp",   "cron",   "authpriv", "ftp",    "",       "",       "",       "",
    "local0", "local1", "local2",   "local3", "local4", "local5", "local6", "local7"};

}  // namespace

std::optional<std::uint64_t> log_size(std::string_view text) {
    const std::string lower = text::lower(text);
    const std::size_t end = lower.find_first_not_of("0123456789");
    const auto number = text::parse_int<std::uint64_t>(std::string_view(lower).substr(0, end));
    std::string_view unit = lower;
    unit.remove_prefix(std::min(end, lower.size()));
    unit = text::trim(unit);
    if (unit.ends_with("ib")) {
        unit.remove_suffix(2);
    } else if (unit.ends_with('b')) {
        unit.remove_suffix(1);
    }
    const std::size_t power = unit.empty() ? 0 : std::string_view("kmgtp").find(unit) + 1;
    if (!number || unit.size() > 1 || (!unit.empty() && power == 0) ||
        *number > UINT64_MAX >> (10 * power)) {
        return std::nullopt;
    }
    return *number << (10 * power);
}

std::optional<bool> log_flag(std::string_view text) {
    constexpr std::array<std::string_view, 6> yes = {"1", "t", "T", "TRUE", "true", "True"};
    constexpr std::array<std::string_view, 6> no = {"0", "f", "F", "FALSE", "false", "False"};
    if (std::ranges::find(yes, text) != yes.end()) {
        return true;
    }
    return std::ranges::find(no, text) != no.end() ? std::optional(false) : std::nullopt;
}

Result<SyslogAddress> parse_syslog_address(std::string_view text) {
    SyslogAddress out;
    if (text.empty()) {
        return out;
    }
    const auto parts = text::cut(text, "://");
    out.scheme = parts ? parts->first : std::string_view();
    constexpr std::array<std::string_view, 5> schemes = {"udp", "tcp", "tcp+tls", "unix",
                                                         "unixgram"};
    if (std::ranges::find(schemes, out.scheme) == schemes.end()) {
        return refused(text::format("unsupported scheme: '{}'", out.scheme));
    }
    std::string_view where = parts->second;
    if (out.scheme.starts_with("unix")) {
        out.path = where;
        if (!os::exists(out.path)) {
            return refused(text::format("stat {}: no such file or directory", out.path));
        }
        return out;
    }
    where = where.substr(0, where.find('/'));
    const std::size_t colon = where.rfind(':');
    const bool has_port = colon != std::string_view::npos && !where.ends_with(']');
    out.port = has_port ? where.substr(colon + 1) : "514";
    if (!text::parse_int<std::uint16_t>(out.port)) {
        return refused(
            text::format("parse \"{}\": invalid port \":{}\" after host", text, out.port));
    }
    out.host = has_port ? where.substr(0, colon) : where;
    if (out.host.starts_with('[') && out.host.ends_with(']')) {
        out.host = out.host.substr(1, out.host.size() - 2);
    }
    if (out.host.empty()) {
        out.host = "127.0.0.1";
    }
    return out;
}

Result<std::uint32_t> parse_syslog_facility(std::string_view text) {
    constexpr std::uint32_t daemon = 3;
    if (text.empty()) {
        return daemon;
    }
    if (const auto number = text::parse_int<std::uint32_t>(text); number && *number < 24) {
        return *number;
    }
    const auto found = std::ranges::find(facilities, text);
    if (found == facilities.end()) {
        return refused("invalid syslog facility");
    }
    return static_cast<std::uint32_t>(found - facilities.begin());
}

}  // namespace wherry::containers
