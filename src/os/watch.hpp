// Being told of changes in a folder (inotify(7)).
#pragma once

#include <string>

#include "base/result.hpp"
#include "os/unique_fd.hpp"

namespace wherry::os {

/// Readable when a file in the folder was written, made or renamed. Non-blocking.
[[nodiscard]] Result<UniqueFd> watch_folder(const std::string& path);
/// The same, of renames alone.
[[nodiscard]] Result<UniqueFd> watch_renames(const std::string& path);
/// Forgets what was told so far.
void drain_watch(int watch) noexcept;

}  // namespace wherry::os
