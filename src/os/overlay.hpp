// Overlay file systems without a place in the tree: mounted, held by descriptor, gone with it.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "os/unique_fd.hpp"

namespace wherry::os {

/// A read-only view of the folders stacked, the first on top; whiteouts hide what lies below them.
/// The descriptor is the root's. Needs CAP_SYS_ADMIN; kernels before 6.7 stack fewer than 16.
[[nodiscard]] Result<UniqueFd> open_overlay(const std::vector<std::string>& folders);

}  // namespace wherry::os
