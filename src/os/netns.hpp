// Network namespaces, held by descriptor. Nothing is mounted: a namespace is gone with its last
// process and descriptor.
#pragma once

#include <functional>

#include "base/result.hpp"
#include "os/unique_fd.hpp"

namespace wherry::os {

/// Makes a network namespace and runs `inside` in it, on a thread of its own that ends with it.
[[nodiscard]] Result<UniqueFd> make_netns(const std::function<Result<>(int netns)>& inside);
/// Runs `inside` in that namespace, on a thread of its own.
[[nodiscard]] Result<> in_netns(int netns, const std::function<Result<>()>& inside);

}  // namespace wherry::os
