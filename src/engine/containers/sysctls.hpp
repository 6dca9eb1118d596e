// Which kernel switches a container may set: those of namespaces that are its own. Pure.
#pragma once

#include "api/generated/container.hpp"
#include "base/result.hpp"

namespace wherry::containers {

/// 500 in the runtime's words ("sysctl \"net.ipv4.ip_forward\" not allowed in host network
/// namespace"), without the prefix that a failed start has.
[[nodiscard]] Result<> check_sysctls(const api::HostConfig& host);

}  // namespace wherry::containers
