// What a container's probes have told, and when the next one is due. Pure: times are given.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "codec/wire/health.hpp"
#include "codec/wire/start.hpp"

namespace wherry::monitor {

class HealthRule {
  public:
    /// Zeros of the plan mean the defaults; `started_at` is the container's start.
    HealthRule(const wire::HealthPlan& plan, std::int64_t started_at);

    /// How long to wait from `now` on, when no probe runs.
    [[nodiscard]] std::chrono::nanoseconds next_delay(std::int64_t now) const;
    [[nodiscard]] std::chrono::nanoseconds timeout() const noexcept { return timeout_; }
    void take(wire::HealthResult result);
    /// Probing has stopped: by the reference's custom that is unhealthy.
    void stop() noexcept { state_.status = wire::HealthStatus::unhealthy; }
    [[nodiscard]] const wire::HealthState& state() const noexcept { return state_; }

  private:
    std::chrono::nanoseconds interval_;
    std::chrono::nanoseconds timeout_;
    std::chrono::nanoseconds start_period_;
    std::chrono::nanoseconds start_interval_;
    std::int32_t retries_;
    std::int64_t started_at_;
    wire::HealthState state_;
};

/// Keeps the beginning of a probe's output.
class ProbeOutput {
  public:
    void append(std::string_view bytes);
    /// With "..." behind it where something is missing.
    [[nodiscard]] std::string text() const;

  private:
    std::string kept_;
    bool cut_ = false;
};

/// "Health check exceeded timeout (1.5s): output"
[[nodiscard]] std::string timeout_text(std::chrono::nanoseconds timeout, const std::string& output);

}  // namespace wherry::monitor
