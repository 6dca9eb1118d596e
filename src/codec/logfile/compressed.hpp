// Rotated log files that were compressed since. The daemon does that while the monitor goes on
// writing and rotating: both hold the folder's lock while they rename.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "base/result.hpp"
#include "os/unique_fd.hpp"

namespace wherry::logfile {

/// An empty gzip member in front of the others, which names the file that was compressed: a reader
/// that still has it open finds its place by that.
[[nodiscard]] std::string origin_member(ino_t inode);
/// Nothing where the file is not there, or has no such member.
[[nodiscard]] std::optional<ino_t> origin_of(const std::string& path);

/// The lock of the folder that `path` is in; `wait`, or EAGAIN at once.
[[nodiscard]] Result<os::UniqueFd> lock_folder_of(const std::string& path, bool wait);

}  // namespace wherry::logfile
