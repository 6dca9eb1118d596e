// Makes a hybrid cgroup v1 machine ready for OCI runtimes. crun refuses to start there while a
// controller sits in the (otherwise empty) v2 tree; an init would have mounted its v1 hierarchy.
// The same hierarchy may exist and be mounted elsewhere only (in another mount namespace): then the
// runtime would make folders that are no groups, so it is mounted here too.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"

namespace wherry::containers {

struct CgroupSetup {
    std::vector<std::string> mounted;  ///< controllers whose v1 hierarchy was mounted now
    std::vector<std::string> left;     ///< that a v2 group uses: "hugetlb: used by the v2 tree"
};

/// At the start of an engine; nothing happens on pure v1 or v2 machines, or a second time. Mounts
/// stay after the engine's end, as an init's would.
[[nodiscard]] Result<CgroupSetup> prepare_cgroups();

/// The v1 hierarchies that a process is in, from its /proc/PID/cgroup: "cpu", "cpu,cpuacct". Named
/// ones without a controller are left out.
[[nodiscard]] std::vector<std::string> joined_hierarchies(const std::string& table);

/// Which controllers of `controllers` (of the v2 root, separated by spaces) must be mounted as v1
/// hierarchies, and which may not since `in_use` (its subtree_control) has them.
[[nodiscard]] CgroupSetup plan_cgroups(const std::string& controllers, const std::string& in_use);

}  // namespace wherry::containers
