// What this machine's control groups can limit, as `info` tells it and as create checks it.
#pragma once

#include <string>

namespace wherry::os {

struct CgroupFeatures {
    int version = 1;  ///< 2 where the unified hierarchy is all there is; 1 also for the hybrid
    bool memory_limit = false;
    bool swap_limit = false;
    bool oom_kill_disable = false;
    bool kernel_memory_tcp = false;  ///< v1 alone
    bool cpu_shares = false;
    bool cpu_cfs = false;
    bool cpuset = false;
    bool pids_limit = false;
    bool blkio_weight = false;
    bool blkio_weight_device = false;
};

/// Looks at the hierarchies that are mounted; cheap, but not for every request.
[[nodiscard]] CgroupFeatures cgroup_features();

/// Where the v1 hierarchy of a controller is mounted, "" where it is not (mountinfo, proc(5)).
[[nodiscard]] std::string cgroup_v1_mount(const std::string& controller);

}  // namespace wherry::os
