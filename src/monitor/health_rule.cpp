#include "monitor/health_rule.hpp"

#include <utility>

#include "base/text.hpp"

namespace wherry::monitor {

using std::chrono::nanoseconds;

namespace {

constexpr std::size_t kept_results = 5;
constexpr std::size_t output_limit = 4096;

nanoseconds or_default(std::int64_t value, nanoseconds fallback) {
    return value == 0 ? fallback : nanoseconds(value);
}

/// A number of at most `places` decimals, without zeros behind.
std::string decimal(std::int64_t value, std::int64_t unit) {
    std::string out = std::to_string(value / unit);
    std::int64_t rest = value % unit;
    if (rest != 0) {
        out.push_back('.');
    }
    while (rest != 0) {
        unit /= 10;
        out.push_back(static_cast<char>('0' + rest / unit));
        rest %= unit;
    }
    return out;
}

/// As the reference prints one: "1m30s", "1.5s", "100ms".
std::string duration_text(nanoseconds duration) {
    constexpr std::int64_t second = 1'000'000'000;
    const std::int64_t value = duration.count();
    if (value < 1000) {
        return std::to_string(value) + "ns";
    }
    if (value < 1'000'000) {
        return decimal(value, 1000) + "µs";
    }
    if (value < second) {
        return decimal(value, 1'000'000) + "ms";
    }
    const std::int64_t minutes = value / (60 * second);
    std::string out = minutes >= 60 ? text::format("{}h", minutes / 60) : std::string();
    if (minutes > 0) {
        out += text::format("{}m", minutes % 60);
    }
    return out + decimal(value % (60 * second), second) + "s";
}

}  // namespace

HealthRule::HealthRule(const wire::HealthPlan& plan, std::int64_t started_at)
    : interval_(or_default(plan.interval, std::chrono::seconds(30))),
      timeout_(or_default(plan.timeout, std::chrono::seconds(30))),
      start_period_(plan.start_period),
      start_interval_(or_default(plan.start_interval, std::chrono::seconds(5))),
      retries_(plan.retries > 0 ? plan.retries : 3),
      started_at_(started_at) {}

nanoseconds HealthRule::next_delay(std::int64_t now) const {
    const bool early = now - started_at_ < start_period_.count();
    return early && state_.status == wire::HealthStatus::starting ? start_interval_ : interval_;
}

void HealthRule::take(wire::HealthResult result) {
    if (result.exit_code == 0) {
        state_.failing_streak = 0;
        state_.status = wire::HealthStatus::healthy;
    } else {
        const bool excused = state_.status == wire::HealthStatus::starting &&
                             result.start - started_at_ < start_period_.count();
        if (!excused && ++state_.failing_streak >= retries_) {
            state_.status = wire::HealthStatus::unhealthy;
        }
    }
    if (state_.log.size() >= kept_results) {
        state_.log.erase(state_.log.begin());
    }
    state_.log.push_back(std::move(result));
}

void ProbeOutput::append(std::string_view bytes) {
    const std::size_t room = output_limit - kept_.size();
    cut_ = cut_ || bytes.size() > room;
    kept_.append(bytes.substr(0, room));
}

std::string ProbeOutput::text() const {
    return cut_ ? kept_ + "..." : kept_;
}

std::string timeout_text(nanoseconds timeout, const std::string& output) {
    return text::format("Health check exceeded timeout ({}){}{}", duration_text(timeout),
                        output.empty() ? "" : ": ", output);
}

}  // namespace wherry::monitor
