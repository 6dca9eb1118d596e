// When a container that has ended is started again (behaviour: container state machine). Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "api/generated/container.hpp"

namespace wherry::containers {

/// How a run ended.
struct RunEnd {
    std::int64_t exit_code = 0;
    std::chrono::nanoseconds ran_for{};
    bool stopped_by_hand = false;
    std::int64_t restart_count = 0;          ///< restarts so far
    std::chrono::milliseconds last_delay{};  ///< of the restart before, 0 for none
};

/// How long to wait before the next start; nothing if the container stays as it is.
[[nodiscard]] std::optional<std::chrono::milliseconds> restart_delay(
    const api::RestartPolicy& policy, const RunEnd& end);

/// Whether a daemon that starts finds it should be running.
[[nodiscard]] bool starts_with_daemon(const api::RestartPolicy& policy, const RunEnd& end);

}  // namespace wherry::containers
