// What an update changes of a container's settings. Pure.
#pragma once

#include "api/generated/container.hpp"
#include "base/result.hpp"
#include "engine/containers/oci_spec.hpp"

namespace wherry::containers {

/// Takes over what the request says (zero and empty say nothing). 409 "Conflicting options: …",
/// "Restart policy cannot be updated because AutoRemove is enabled for the container", "Memory
/// limit should be smaller than already set memoryswap limit, …".
[[nodiscard]] Result<> apply_update(api::HostConfig& host,
                                    const api::ContainerUpdateRequest& request);

/// The limits of a running container as its runtime takes them. Devices are not among them, nor
/// that the number of processes has no limit any more (crun 1.8 writes -1, which the kernel
/// refuses).
[[nodiscard]] oci::Resources updated_limits(const api::HostConfig& host, bool cgroup_v2);

}  // namespace wherry::containers
