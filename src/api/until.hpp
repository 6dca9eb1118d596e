// Points in time as the API's clients write them in filters and options.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace wherry::api {

/// Go's durations: "1h30m", "1.5h", "-5m", "300ms", "0"; nothing if it is none.
[[nodiscard]] std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text);

/// A duration before `now` ("24h"), a time ("2026-11-24", "2026-11-24T10:00", with or without
/// seconds, fraction and zone; the local zone is UTC), or seconds since 1970 ("1700000000.5").
/// Status 400 for anything else.
[[nodiscard]] Result<Time> parse_until(std::string_view text, Time now);

}  // namespace wherry::api
