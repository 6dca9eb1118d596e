// One name in a folder that is held by descriptor: made, described, given an owner, times and
// extended attributes. No call here follows a link at that name.
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace wherry::os {

/// lstat of the name; nothing where it does not exist.
[[nodiscard]] Result<std::optional<struct stat>> find_entry(int dir, const std::string& name);
[[nodiscard]] Result<struct stat> stat_fd(int fd);

/// These refuse an existing name with EEXIST. Modes are subject to the umask: `set_mode` after.
[[nodiscard]] Result<> make_dir(int dir, const std::string& name, mode_t mode);
[[nodiscard]] Result<> make_symlink(int dir, const std::string& name, const std::string& target);
/// Device, FIFO or socket: `mode` holds the type.
[[nodiscard]] Result<> make_node(int dir, const std::string& name, mode_t mode, dev_t device);
/// Gives `from_dir/from` a second name; a link is linked itself, not what it points to.
[[nodiscard]] Result<> make_hardlink(int from_dir, const std::string& from, int dir,
                                     const std::string& name);

[[nodiscard]] Result<> set_owner(int dir, const std::string& name, uid_t uid, gid_t gid);
/// Not for links, which have no mode.
[[nodiscard]] Result<> set_mode(int dir, const std::string& name, mode_t mode);
[[nodiscard]] Result<> set_mtime(int dir, const std::string& name, Time time);
[[nodiscard]] Result<> set_xattr(int dir, const std::string& name, const std::string& key,
                                 std::string_view value);
/// nothing where there is no such attribute, or the file system has none.
[[nodiscard]] Result<std::optional<std::string>> find_xattr(int dir, const std::string& name,
                                                            const std::string& key);
[[nodiscard]] Result<std::vector<std::string>> list_xattrs(int dir, const std::string& name);
[[nodiscard]] Result<std::string> read_symlink(int dir, const std::string& name);

/// The same on an open file or folder, which saves the look-up.
[[nodiscard]] Result<> set_owner(int fd, uid_t uid, gid_t gid);
[[nodiscard]] Result<> set_mode(int fd, mode_t mode);
[[nodiscard]] Result<> set_mtime(int fd, Time time);
[[nodiscard]] Result<> set_xattr(int fd, const std::string& key, std::string_view value);
/// Of a file that is open for reading.
[[nodiscard]] Result<std::optional<std::string>> find_xattr(int fd, const std::string& key);
/// Of a link that an O_PATH descriptor names.
[[nodiscard]] Result<std::string> read_symlink(int fd);
/// All of `bytes` at this place of a file.
[[nodiscard]] Result<> write_at(int fd, std::uint64_t offset, std::string_view bytes);
/// A part of the buffer's size from this place of a file; 0 at its end.
[[nodiscard]] Result<std::size_t> read_at(int fd, std::uint64_t offset, std::span<char> buffer);
[[nodiscard]] Result<> set_size(int fd, std::uint64_t bytes);

/// Removes a name that is no folder.
[[nodiscard]] Result<> unlink_entry(int dir, const std::string& name);
[[nodiscard]] Result<> rename_entry(int from_dir, const std::string& from, int dir,
                                    const std::string& name);
/// Makes everything that was written to the file system of `fd` durable.
[[nodiscard]] Result<> sync_filesystem(int fd);

}  // namespace wherry::os
