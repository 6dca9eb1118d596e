#include "engine/containers/health.hpp"

#include "base/clock.hpp"

namespace wherry::containers {

namespace {

constexpr std::size_t kept_results = 5;

std::string time_text(std::int64_t nanoseconds) {
    return rfc3339_nano(Time(std::chrono::nanoseconds(nanoseconds)));
}

}  // namespace

api::List<std::string> probe_command(const api::ContainerConfig& config) {
    api::List<std::string> command;
    if (!config.healthcheck || config.healthcheck->test.empty()) {
        return command;
    }
    const api::List<std::string>& test = config.healthcheck->test;
    if (test.front() == "CMD-SHELL") {
        command = config.shell.empty() ? api::List<std::string>{"/bin/sh", "-c"} : config.shell;
    } else if (test.front() != "CMD") {  // NONE, or what nobody knows
        return command;
    }
    command.insert(command.end(), test.begin() + 1, test.end());
    return command;
}

std::string_view to_string(wire::HealthStatus status) noexcept {
    switch (status) {
        case wire::HealthStatus::starting:
            return "starting";
        case wire::HealthStatus::healthy:
            return "healthy";
        case wire::HealthStatus::unhealthy:
            return "unhealthy";
    }
    return "unhealthy";
}

void add_health(api::Health& health, const wire::HealthState& told) {
    health.status = to_string(told.status);
    health.failing_streak = told.failing_streak;
    for (const wire::HealthResult& result : told.log) {
        api::HealthcheckResult shown;
        shown.start = time_text(result.start);
        shown.end = time_text(result.end);
        shown.exit_code = result.exit_code;
        shown.output = result.output;
        health.log.push_back(std::move(shown));
    }
    if (health.log.size() > kept_results) {
        const auto surplus = static_cast<std::ptrdiff_t>(health.log.size() - kept_results);
        health.log.erase(health.log.begin(), health.log.begin() + surplus);
    }
}

std::string health_text(const Container& container) {
    if (!container.health) {
        return {};
    }
    const std::string& status = container.health->status;
    return status == "starting" ? "health: " + status : status;
}

void stop_health(Container& container) {
    if (container.health) {
        container.health->status = to_string(wire::HealthStatus::unhealthy);
    }
}

}  // namespace wherry::containers
