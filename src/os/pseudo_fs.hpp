// File systems that hold no files, but views of the kernel.
#pragma once

#include "base/result.hpp"

namespace wherry::os {

/// Whether the descriptor lies in proc, sysfs, a cgroup tree, devpts and the like.
[[nodiscard]] Result<bool> is_pseudo_fs(int fd);

}  // namespace wherry::os
