// seccomp(2) with a filter that was compiled before.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/result.hpp"

namespace wherry::os {

/// The caller's system calls are judged by `program` (struct sock_filter's bytes) from now on; no
/// program's speculation is slowed for it, as OCI runtimes do without flags of a profile.
[[nodiscard]] Result<> install_filter(std::string_view program);

}  // namespace wherry::os
