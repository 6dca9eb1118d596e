#include "engine/containers/restart_policy.hpp"

#include <algorithm>

namespace wherry::containers {

namespace {

constexpr std::chrono::milliseconds first_delay{100};
constexpr std::chrono::milliseconds longest_delay{60'000};
constexpr std::chrono::seconds long_run{10};

bool wants_restart(const api::RestartPolicy& policy, const RunEnd& end) {
    if (policy.name == "always" || policy.name == "unless-stopped") {
        return true;
    }
    const bool tries_left =
        policy.maximum_retry_count == 0 || end.restart_count < policy.maximum_retry_count;
    return policy.name == "on-failure" && end.exit_code != 0 && tries_left;
}

}  // namespace

std::optional<std::chrono::milliseconds> restart_delay(const api::RestartPolicy& policy,
                                                       const RunEnd& end) {
    if (end.stopped_by_hand || !wants_restart(policy, end)) {
        return std::nullopt;
    }
    if (end.last_delay.count() == 0 || end.ran_for >= long_run) {
        return first_delay;
    }
    return std::min(end.last_delay * 2, longest_delay);
}

bool starts_with_daemon(const api::RestartPolicy& policy, const RunEnd& end) {
    if (policy.name == "always") {
        return true;
    }
    return !end.stopped_by_hand && wants_restart(policy, end);
}

}  // namespace wherry::containers
