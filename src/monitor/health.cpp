#include "monitor/health.hpp"

#include <utility>

#include "base/clock.hpp"

namespace wherry::monitor {

namespace {

/// A runtime that does not get the probe started; not counted as the probe's own time.
constexpr std::chrono::milliseconds start_limit{30'000};

std::int64_t nanoseconds_now() {
    return now().time_since_epoch().count();
}

std::chrono::milliseconds to_timer(std::chrono::nanoseconds duration) {
    return std::chrono::ceil<std::chrono::milliseconds>(duration);
}

}  // namespace

Health::~Health() {
    loop_.cancel(timer_);
}

void Health::begin(const wire::HealthPlan& plan, std::int64_t started_at) {
    if (plan.process.empty()) {
        return;
    }
    plan_ = plan;
    rule_.emplace(plan_, started_at);
    stopped_ = false;
    wait();
}

void Health::wait() {
    loop_.cancel(timer_);
    const auto delay = rule_->next_delay(nanoseconds_now());
    timer_ = loop_.after(to_timer(delay), [this] { probe(); });
}

void Health::probe() {
    probe_.emplace();
    probe_->number = ++last_probe_;
    probe_->result.start = nanoseconds_now();
    // What is told of an earlier probe, which was given up, is none of the present one's.
    const auto current = [this, number = last_probe_] {
        return probe_ && probe_->number == number;
    };
    Execs::ProbeEvents events;
    events.started = [this, current] {
        if (current()) {
            started();
        }
    };
    events.failed = [this, current](const std::string& text) {
        if (current()) {
            finish(-1, text);
        }
    };
    events.ended = [this, current](int status) {
        if (current()) {
            const std::string output = probe_->output.text();
            finish(probe_->timed_out ? -1 : status,
                   probe_->timed_out ? timeout_text(rule_->timeout(), output) : output);
        }
    };
    events.output = [this, current](std::string_view bytes) {
        if (current()) {
            probe_->output.append(bytes);
        }
    };
    timer_ = loop_.after(start_limit,
                         [this] { finish(-1, "timed out starting health check for container"); });
    execs_.start_probe(plan_, std::move(events));
}

void Health::started() {
    probe_->result.begun = true;
    loop_.cancel(timer_);
    timer_ = loop_.after(to_timer(rule_->timeout()), [this] { timed_out(); });
}

void Health::timed_out() {
    probe_->timed_out = true;
    execs_.kill_probe();  // its end is told
}

void Health::finish(int exit_code, std::string output) {
    wire::HealthResult result = std::move(probe_->result);
    probe_.reset();
    result.end = nanoseconds_now();
    result.exit_code = exit_code;
    result.output = std::move(output);
    rule_->take(result);
    wire::HealthState newest = {rule_->state().status, rule_->state().failing_streak, {}};
    newest.log.push_back(std::move(result));
    told_(newest);
    wait();
}

void Health::stop() {
    stopped_ = true;
    loop_.cancel(timer_);
    probe_.reset();
    rule_->stop();
}

void Health::end() {
    if (rule_ && !stopped_) {
        stop();
    }
}

void Health::pause(bool paused) {
    if (!rule_ || paused == stopped_) {
        return;
    }
    if (paused) {
        stop();
    } else {
        stopped_ = false;
        wait();
    }
}

}  // namespace wherry::monitor
