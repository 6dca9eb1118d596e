// What create refuses, and what it warns of, before it looks at anything else. Pure; texts are the
// reference's.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "api/generated/container.hpp"
#include "base/result.hpp"
#include "os/cgroup_features.hpp"

namespace wherry::containers {

/// What this machine and this engine can do.
struct Abilities {
    os::CgroupFeatures cgroup;
    std::int64_t cpus = 1;
    std::map<std::string, std::string> runtimes;  ///< name to program
};

[[nodiscard]] Result<> validate(const api::ContainerCreateRequest& request,
                                const Abilities& abilities, std::vector<std::string>& warnings);
[[nodiscard]] Result<> validate_restart_policy(const api::RestartPolicy& policy, bool auto_remove);
/// Limits; what the machine cannot limit is taken out, with a warning.
[[nodiscard]] Result<> validate_resources(api::Resources& resources, const Abilities& abilities,
                                          std::vector<std::string>& warnings);

}  // namespace wherry::containers
