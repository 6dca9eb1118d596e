// Signals by name or number, as `kill` and StopSignal take them.
#pragma once

#include <string_view>

#include "base/result.hpp"

namespace wherry::containers {

/// "KILL", "SIGKILL", "sigkill", "9", "RTMIN+3"; 400 "invalid signal: S".
[[nodiscard]] Result<int> parse_signal(std::string_view text);

}  // namespace wherry::containers
