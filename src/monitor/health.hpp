// Probes a running container at its intervals, whether a daemon lives or not.
#pragma once

#include <functional>
#include <optional>

#include "codec/wire/health.hpp"
#include "monitor/event_loop.hpp"
#include "monitor/execs.hpp"
#include "monitor/health_rule.hpp"

namespace wherry::monitor {

/// A probe that runs.
struct Probe {
    std::uint64_t number = 0;
    wire::HealthResult result;
    ProbeOutput output;
    bool timed_out = false;
};

class Health {
  public:
    /// Gets the state with the newest result alone.
    using Told = std::function<void(const wire::HealthState&)>;

    Health(EventLoop& loop, Execs& execs, Told told)
        : loop_(loop), execs_(execs), told_(std::move(told)) {}
    Health(const Health&) = delete;
    Health& operator=(const Health&) = delete;
    ~Health();

    /// The payload runs. Does nothing if the plan has no probe.
    void begin(const wire::HealthPlan& plan, std::int64_t started_at);
    /// The payload has ended.
    void end();
    void pause(bool paused);
    /// Nothing if the container is not probed.
    [[nodiscard]] const wire::HealthState* state() const noexcept {
        return rule_ ? &rule_->state() : nullptr;
    }

  private:
    void wait();
    void probe();
    void started();
    void timed_out();
    void finish(int exit_code, std::string output);
    void stop();

    EventLoop& loop_;
    Execs& execs_;
    Told told_;
    wire::HealthPlan plan_;
    std::optional<HealthRule> rule_;
    std::optional<Probe> probe_;
    std::uint64_t last_probe_ = 0;
    EventLoop::TimerId timer_ = 0;
    bool stopped_ = true;
};

}  // namespace wherry::monitor
