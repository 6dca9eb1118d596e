// Being told that a control group runs out of memory, on v1 (an eventfd) and v2 (inotify).
#pragma once

#include <string>

#include "base/result.hpp"
#include "os/unique_fd.hpp"

namespace wherry::os {

/// Readable when a process of the group may have been killed for want of memory: see
/// `cgroup_oom_kills`, and `drain_watch` of os/watch.hpp. Non-blocking.
[[nodiscard]] Result<UniqueFd> watch_out_of_memory(const std::string& cgroup);

}  // namespace wherry::os
