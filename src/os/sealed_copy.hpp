// A program's copy in memory that nobody can change, to be started again and again.
#pragma once

#include <string>

#include "base/result.hpp"
#include "os/unique_fd.hpp"

namespace wherry::os {

/// A copy of the file in a memfd with all its seals; start it as /proc/self/fd/N. An error where
/// the machine allows no programs in memory (vm.memfd_noexec).
[[nodiscard]] Result<UniqueFd> sealed_copy(const std::string& path);

/// Another descriptor of the same file, close-on-exec.
[[nodiscard]] Result<UniqueFd> duplicate(int fd);

}  // namespace wherry::os
