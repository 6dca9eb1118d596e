// Limits that the machine does not let this engine raise: taken as far as they go, with a warning.
// Pure.
#pragma once

#include <string>
#include <vector>

#include "api/generated/container.hpp"
#include "os/limits.hpp"

namespace wherry::containers {

/// What a container asked for that it cannot have, in words for create's answer.
[[nodiscard]] std::vector<std::string> ceiling_warnings(const api::HostConfig& host,
                                                        const os::LimitCeilings& ceilings);

/// The limit as it can be given.
[[nodiscard]] api::ResourcesUlimits within(api::ResourcesUlimits asked,
                                           const os::LimitCeilings& ceilings);
[[nodiscard]] std::int64_t within(std::int64_t oom_score_adj, const os::LimitCeilings& ceilings);

}  // namespace wherry::containers
