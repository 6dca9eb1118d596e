// Wall-clock time as the API writes it.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace wherry {

/// Nanoseconds since 1970, UTC.
using Time = std::chrono::time_point<std::chrono::system_clock, std::chrono::nanoseconds>;

[[nodiscard]] Time now() noexcept;
/// Go's RFC3339Nano: "2026-11-24T10:00:00.123456789Z", trailing zeros of the fraction cut.
[[nodiscard]] std::string rfc3339_nano(Time time);
/// Nine fixed digits, as log timestamps: "2026-11-24T10:00:00.120000000Z".
[[nodiscard]] std::string rfc3339_nano_fixed(Time time);
/// Any RFC 3339 time; nothing if it is not one. Before 1678 it is Time::min(), after 2261 max().
[[nodiscard]] std::optional<Time> parse_rfc3339(std::string_view text);
/// `SEC[.NANO]` since 1970, as `since` and `until` of the API; nothing if it is not that.
[[nodiscard]] std::optional<Time> parse_unix_time(std::string_view text);

/// Go's zero time, which the API writes where there is none.
inline constexpr std::string_view zero_time = "0001-01-01T00:00:00Z";

}  // namespace wherry
