// The parts of build_spec, one concern each; all pure.
#pragma once

#include "engine/containers/spec.hpp"

namespace wherry::containers::spec {

/// Docker's default mounts, then the container's own, which replace those with the same target.
[[nodiscard]] std::vector<oci::Mount> mounts(const SpecInput& input);
/// "" unless a bind propagates mounts.
[[nodiscard]] std::string rootfs_propagation(const SpecInput& input);

[[nodiscard]] Result<oci::Resources> resources(const SpecInput& input);
/// Memory, processors, number of processes.
[[nodiscard]] oci::Resources limits(const api::HostConfig& host, bool cgroup_v2);
void put_block_limits(oci::Resources& resources, oci::BlockLimits block,
                      const api::HostConfig& host);
[[nodiscard]] Result<std::vector<oci::Rlimit>> rlimits(const SpecInput& input);

/// What SecurityOpt asks for.
struct Security {
    std::optional<std::string> seccomp_profile;  ///< JSON, or "" for Docker's own; none: unconfined
    bool no_new_privileges = false;
    std::string apparmor_profile;
};
[[nodiscard]] Result<Security> security(const api::HostConfig& host, bool has_apparmor);
/// An encoded wire::ProcessPlan; "" where only the OCI runtime can start the process.
[[nodiscard]] std::string launch_plan(const oci::Process& process, const Security& security);

}  // namespace wherry::containers::spec
