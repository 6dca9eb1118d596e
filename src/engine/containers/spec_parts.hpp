// The parts of build_spec, one concern each; all pure.
#pragma once

#include "engine/containers/spec.hpp"

namespace wherry::containers::spec {

/// Docker's default mounts, then the container's own, which replace those with the same target.
[[nodiscard]] std::vector<oci::Mount> mounts(const SpecInput& input);
/// "" unless a bind propagates mounts.
[[nodiscard]] std::string rootfs_propagation(const SpecInput& input);

[[nodiscard]] Result<oci::Resources> resources(const SpecInput& input);
[[nodiscard]] Result<std::vector<oci::Rlimit>> rlimits(const SpecInput& input,
                                                       std::vector<std::string>& warnings);

/// What SecurityOpt asks for.
struct Security {
    std::optional<std::string> seccomp_profile;  ///< JSON, or "" for Docker's own; none: unconfined
    bool no_new_privileges = false;
    bool writable_cgroups = false;
    std::string apparmor_profile;
};
[[nodiscard]] Result<Security> security(const api::HostConfig& host);

}  // namespace wherry::containers::spec
