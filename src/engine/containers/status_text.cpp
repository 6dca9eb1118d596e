#include "engine/containers/status_text.hpp"

#include "base/text.hpp"

namespace wherry::containers {

std::string human_duration(std::chrono::nanoseconds duration) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration).count();
    const std::int64_t minutes = seconds / 60;
    const auto hours = (seconds + 1800) / 3600;  // to the nearest
    if (seconds < 1) {
        return "Less than a second";
    }
    if (seconds == 1) {
        return "1 second";
    }
    if (seconds < 60) {
        return text::format("{} seconds", seconds);
    }
    if (minutes == 1) {
        return "About a minute";
    }
    if (minutes < 60) {
        return text::format("{} minutes", minutes);
    }
    if (hours == 1) {
        return "About an hour";
    }
    if (hours < 48) {
        return text::format("{} hours", hours);
    }
    if (hours < 24 * 7 * 2) {
        return text::format("{} days", hours / 24);
    }
    if (hours < 24 * 30 * 2) {
        return text::format("{} weeks", hours / 24 / 7);
    }
    if (hours < 24 * 365 * 2) {
        return text::format("{} months", hours / 24 / 30);
    }
    return text::format("{} years", seconds / 3600 / 24 / 365);
}

std::string status_text(const State& state, Time at, std::string_view health) {
    switch (state.status()) {
        case Status::created:
            return "Created";
        case Status::running:
            return text::format("Up {}{}{}{}", human_duration(at - state.started_at),
                                health.empty() ? "" : " (", health, health.empty() ? "" : ")");
        case Status::paused:
            return text::format("Up {} (Paused)", human_duration(at - state.started_at));
        case Status::restarting:
            return text::format("Restarting ({}) {} ago", state.exit_code,
                                human_duration(at - state.finished_at));
        case Status::exited:
            return text::format("Exited ({}) {} ago", state.exit_code,
                                human_duration(at - state.finished_at));
        case Status::removing:
            return "Removal In Progress";
        case Status::dead:
            return "Dead";
    }
    return {};
}

}  // namespace wherry::containers
