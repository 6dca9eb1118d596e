// Whole files, and the few calls on them that the engine needs. Paths here are the engine's own;
// what lies inside a container's root is reached by os/root_dir.hpp only.
#pragma once

#include <fcntl.h>
#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "os/unique_fd.hpp"

namespace wherry::os {

/// open(2), close-on-exec.
[[nodiscard]] Result<UniqueFd> open(const std::string& path, int flags, mode_t mode = 0);
[[nodiscard]] Result<UniqueFd> open_at(int dir, const std::string& path, int flags,
                                       mode_t mode = 0);
/// Opens again what an O_PATH descriptor names: exactly that, whatever has its name by now.
[[nodiscard]] Result<UniqueFd> reopen(int fd, int flags);
/// A file without a name, in memory.
[[nodiscard]] Result<UniqueFd> memory_file(const char* name);
[[nodiscard]] Result<std::string> read_file(const std::string& path);
/// Everything up to the end of the descriptor.
[[nodiscard]] Result<std::string> read_all(int fd);
/// The same from the beginning; the descriptor's position, which others may share, stays.
[[nodiscard]] Result<std::string> read_from_start(int fd);
/// All of `bytes`, however many writes it takes.
[[nodiscard]] Result<> write_all(int fd, std::string_view bytes);
/// Truncates or creates, then writes; for files that need not be atomic (cgroupfs, scratch).
[[nodiscard]] Result<> write_file(const std::string& path, std::string_view bytes,
                                  mode_t mode = 0644);
/// Writes beside `path` and renames over it, so that readers see the old or the new file.
/// `sync` also makes both durable.
[[nodiscard]] Result<> replace_file(const std::string& path, std::string_view bytes, bool sync,
                                    mode_t mode = 0644);
/// Makes the file at least so long, with blocks of its own that are on disk; all or nothing.
[[nodiscard]] Result<> extend_with_zeros(const std::string& path, std::uint64_t size);
[[nodiscard]] bool exists(const std::string& path);
/// Bytes of the file.
[[nodiscard]] Result<std::uint64_t> file_size(const std::string& path);
/// mkdir -p; existing folders keep their mode.
[[nodiscard]] Result<> make_dirs(const std::string& path, mode_t mode = 0755);
/// rename(2), over what is there.
[[nodiscard]] Result<> rename(const std::string& from, const std::string& to);
/// Removes a file; absence is no error.
[[nodiscard]] Result<> remove_file(const std::string& path);

}  // namespace wherry::os
