// "Up 5 minutes (Paused)", "Exited (0) 2 hours ago": the status of a list's entry. Pure.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "engine/containers/state.hpp"

namespace wherry::containers {

/// "Less than a second", "5 minutes", "About an hour", "3 days" …
[[nodiscard]] std::string human_duration(std::chrono::nanoseconds duration);
/// `health`: what is told of a running container's probes, "" for nothing.
[[nodiscard]] std::string status_text(const State& state, Time at, std::string_view health = {});

}  // namespace wherry::containers
