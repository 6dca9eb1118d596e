// What create refuses, and what it warns of, before it looks at anything else. Pure; texts are the
// reference's.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "api/generated/container.hpp"
#include "base/result.hpp"
#include "os/cgroup_features.hpp"
#include "os/limits.hpp"

namespace wherry::containers {

/// An OCI runtime: its program, and what it is told before the command.
struct Runtime {
    std::string program;
    std::vector<std::string> arguments;
};

/// What this machine and this engine can do.
struct Abilities {
    os::CgroupFeatures cgroup;
    std::int64_t cpus = 1;
    std::string cpu_list;     ///< "0-1": processors that a container may be bound to; "": unknown
    std::string memory_list;  ///< "0": memory nodes, likewise
    os::LimitCeilings ceilings;
    bool apparmor = false;
    std::map<std::string, Runtime> runtimes;  ///< by name
};

[[nodiscard]] Result<> validate(const api::ContainerCreateRequest& request,
                                const Abilities& abilities, std::vector<std::string>& warnings);
[[nodiscard]] Result<> validate_restart_policy(const api::RestartPolicy& policy, bool auto_remove);
/// Limits; what the machine cannot limit is taken out, with a warning.
/// `update`: a change of a container that has limits already.
[[nodiscard]] Result<> validate_resources(api::Resources& resources, const Abilities& abilities,
                                          std::vector<std::string>& warnings, bool update = false);

}  // namespace wherry::containers
