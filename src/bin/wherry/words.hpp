// Durations, times and names as the docker command writes them.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "api/generated/container.hpp"
#include "base/clock.hpp"

namespace wherry::command {

/// "Less than a second", "5 minutes", "About an hour", "3 weeks".
[[nodiscard]] std::string human_duration(std::chrono::seconds duration);
/// "1.99MB": four significant digits, or fewer, and decimal units.
[[nodiscard]] std::string human_size(double bytes, int digits = 4);
/// "23.54GiB": four digits, binary units.
[[nodiscard]] std::string binary_size(double bytes);
/// "2023-11-14 22:13:20 +0000 UTC", in the machine's time zone.
[[nodiscard]] std::string created_text(std::int64_t seconds);
/// RFC 3339 with nine digits, in the machine's time zone.
[[nodiscard]] std::string local_time(std::int64_t nanoseconds);
/// RFC 3339 as "Tue Sep 15 11:02:57 2026"; other text as it is.
[[nodiscard]] std::string build_time(const std::string& text);
/// At most `length` characters, the last an ellipsis where something was cut.
[[nodiscard]] std::string shorten(std::string_view text, std::size_t length);
/// In double quotes, with Go's escapes.
[[nodiscard]] std::string quote(std::string_view text);
/// "0.0.0.0:8080->80/tcp, 443/tcp", neighbours as ranges.
[[nodiscard]] std::string ports_text(std::vector<api::PortSummary> ports);
/// What `--since` takes (seconds since 1970, RFC 3339, or a duration before now) as the API takes
/// it.
[[nodiscard]] Result<std::string> time_text(std::string_view text, Time now);
/// The same, with an error that names the flag.
[[nodiscard]] Result<std::string> since_text(std::string_view text, Time now);
/// Go's duration: "1h30m", "10s", "1.5h"; nothing if it is not one.
[[nodiscard]] std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text);

}  // namespace wherry::command
