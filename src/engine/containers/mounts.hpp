// The mounts that a container asks for: binds, volumes and tmpfs of every spelling, as one list in
// the order of the reference. Pure, but for whether a bind's source exists.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "api/generated/container.hpp"
#include "base/result.hpp"
#include "engine/containers/record.hpp"
#include "engine/containers/spec.hpp"

namespace wherry::containers {

/// "/a//b/../c/" as "/a/c"; relative texts stay as they are.
[[nodiscard]] std::string clean_path(std::string_view path);
/// "private", "rslave" …
[[nodiscard]] bool is_propagation(std::string_view word);

/// The mounts of another container, for VolumesFrom; null where there is none.
using FindMounts = std::function<const std::vector<MountRecord>*(std::string_view name)>;

/// All mounts but HostConfig.Tmpfs. A volume that is to be anonymous has no name yet. Errors read
/// as the reference's ("Duplicate mount point: P").
[[nodiscard]] Result<std::vector<MountRecord>> plan_mounts(const api::ContainerConfig& config,
                                                           const api::HostConfig& host,
                                                           const FindMounts& find_mounts);

/// "SOURCE:TARGET[:MODE]" or "TARGET" of HostConfig.Binds.
[[nodiscard]] Result<MountRecord> parse_bind(std::string_view text);
[[nodiscard]] Result<MountRecord> parse_mount(const api::Mount& mount);

/// True for mounts that the daemon makes ready below the run's folder (run_mounts.hpp).
[[nodiscard]] inline bool is_run_mount(const MountRecord& mount) {
    return mount.type == "image" || !mount.subpath.empty();
}

struct RuntimeMountPlan {
    std::string run_folder;
    bool recursive_read_only = false;  ///< kernel and runtime can (5.12)
    std::set<std::string> files;       ///< sources that are no folders: nothing is below them
};
/// How the runtime mounts them, HostConfig.Tmpfs included. 500 for options that exclude each other,
/// "invalid tmpfs option \"X\"".
[[nodiscard]] Result<std::vector<PlannedMount>> runtime_mounts(
    const std::vector<MountRecord>& mounts, const api::HostConfig& host,
    const RuntimeMountPlan& plan);

}  // namespace wherry::containers
