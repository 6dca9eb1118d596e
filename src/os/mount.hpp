// Mounts and mount namespaces.
#pragma once

#include <functional>
#include <string>

#include "base/result.hpp"
#include "os/unique_fd.hpp"

namespace wherry::os {

/// This process gets a mount namespace of its own; how mounts propagate stays as it is.
[[nodiscard]] Result<> unshare_mounts();
/// The folder becomes a mount of its own that propagates nothing, so that mounts below it stay in
/// their namespace. Nothing is done if it is one already.
[[nodiscard]] Result<> bind_private(const std::string& folder);
/// Runs `arrange` on a thread with a mount namespace of its own, which begins as a copy of the
/// process's and propagates nothing. What it mounts lives as long as the descriptor, and goes with
/// it. Descriptors that it opens there may be used by everybody.
[[nodiscard]] Result<UniqueFd> make_mount_namespace(const std::function<Result<>()>& arrange);
/// The mount at the root of a mount namespace, without what is mounted on it, held by descriptor.
[[nodiscard]] Result<UniqueFd> clone_root_mount(int mount_namespace);
/// Mounts what one O_PATH descriptor names, and all that is mounted below it, over another.
[[nodiscard]] Result<> bind_mount(int source, int target);
/// Binds a folder, for reading alone.
[[nodiscard]] Result<> bind_read_only(const std::string& source, const std::string& target);
/// The mount whose root the descriptor names.
[[nodiscard]] Result<> make_read_only(int mounted);
/// A new mount of a file system type (a cgroup v1 hierarchy).
[[nodiscard]] Result<> mount_type(const std::string& type, const std::string& target,
                                  const std::string& options);
/// A new tmpfs that holds neither devices nor programs ("size=1m,mode=1777").
[[nodiscard]] Result<> mount_shared_memory(const std::string& target, const std::string& options);
/// Binds what a descriptor (O_PATH is enough) is of, and all that is mounted below it.
[[nodiscard]] Result<> bind_fd(int fd, const std::string& target);
/// The mount at `target`, without what is mounted on it, held by a descriptor and gone with it.
[[nodiscard]] Result<UniqueFd> clone_mount(const std::string& target);
/// Puts a mount that is mounted nowhere (`make_overlay`, `clone_mount`) at `target`; the descriptor
/// stays.
[[nodiscard]] Result<> attach_mount(int fd, const std::string& target);
/// Takes a mount away; `lazily` also while it is in use.
[[nodiscard]] Result<> unmount(const std::string& target, bool lazily);

}  // namespace wherry::os
