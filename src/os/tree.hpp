// Whole trees of files, by descriptors: nothing above the starting folder is touched, whatever
// links lie in it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace wherry::os {

/// Removes `name` in the folder `dir` and all below it; absence is no error. A tree of any depth is
/// removed with a few descriptors. Blocks for as long as the file system takes.
[[nodiscard]] Result<> remove_tree(int dir, const std::string& name);
[[nodiscard]] Result<> remove_tree(const std::string& path);
/// A folder without entries; ENOTEMPTY for others.
[[nodiscard]] Result<> remove_empty_dir(const std::string& path);

/// Renames `path` into the folder `trash` under a new name, so that it is gone at once; the name in
/// the trash, or "" where `path` did not exist.
[[nodiscard]] Result<std::string> move_to_trash(const std::string& path, const std::string& trash);

/// Bytes of the files and links below, as a listing counts them: a file with several names once,
/// folders not at all.
[[nodiscard]] Result<std::uint64_t> tree_size(const std::string& path);

/// The names in a folder, without "." and "..", in no order.
[[nodiscard]] Result<std::vector<std::string>> list_dir(const std::string& path);
/// The same of an open folder (O_PATH is enough).
[[nodiscard]] Result<std::vector<std::string>> list_dir(int dir);

}  // namespace wherry::os
