// How the options of log drivers are written. Private to log_options.cpp and log_plan.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "api/generated/container.hpp"
#include "base/result.hpp"

namespace wherry::containers {

using LogOptions = api::Map<std::string>;

[[nodiscard]] inline std::string_view log_option(const LogOptions& options, std::string_view name) {
    const auto at = options.find(name);
    return at == options.end() ? std::string_view() : std::string_view(at->second);
}
[[nodiscard]] inline bool has_log_option(const LogOptions& options, std::string_view name) {
    return options.find(name) != options.end();
}

/// "10m", "512": bytes, as Docker's sizes are written; nothing for anything else.
[[nodiscard]] std::optional<std::uint64_t> log_size(std::string_view text);
/// As Go's strconv.ParseBool.
[[nodiscard]] std::optional<bool> log_flag(std::string_view text);

/// "udp://host:514" and so on, taken apart.
struct SyslogAddress {
    std::string scheme;  ///< "" for the machine's own
    std::string host;    ///< of a network address
    std::string port;
    std::string path;  ///< of a unix socket
};
/// 400 for what is no address, or names a socket that is not there.
[[nodiscard]] Result<SyslogAddress> parse_syslog_address(std::string_view text);
/// A name or a number; 400 "invalid syslog facility".
[[nodiscard]] Result<std::uint32_t> parse_syslog_facility(std::string_view text);

}  // namespace wherry::containers
