// Health: how a container is probed, and what its probes have told.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "codec/wire/message.hpp"

namespace wherry::wire {

enum class HealthStatus : std::uint8_t { starting = 0, healthy = 1, unhealthy = 2 };

struct HealthResult {
    std::int64_t start = 0;  ///< nanoseconds since 1970
    std::int64_t end = 0;
    std::int32_t exit_code = 0;  ///< -1 if it took too long, or could not be started
    std::string output;
    bool begun = false;  ///< a process ran
};

/// An event, with the newest result alone; and the answer to a HealthRequest, with all that are
/// kept.
struct HealthState {
    static constexpr auto type = MessageType::health;
    HealthStatus status = HealthStatus::starting;
    std::int32_t failing_streak = 0;
    std::vector<HealthResult> log;
};

struct HealthRequest {
    static constexpr auto type = MessageType::ask_health;
};

/// No probes while the container is frozen.
struct PauseHealthRequest {
    static constexpr auto type = MessageType::pause_health;
    bool paused = false;
};

}  // namespace wherry::wire
