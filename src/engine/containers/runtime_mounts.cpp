// From the container's mounts to those of the runtime's specification. Pure.
#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "engine/containers/mounts.hpp"
#include "engine/containers/run_mounts.hpp"

namespace wherry::containers {

namespace {

/// What HostConfig.Tmpfs may say besides "key=value" (mount(8), tmpfs).
constexpr std::array tmpfs_flags = {
    "defaults",   "ro",          "rw",         "suid",        "nosuid",       "dev",     "nodev",
    "exec",       "noexec",      "sync",       "async",       "dirsync",      "remount", "mand",
    "nomand",     "atime",       "noatime",    "diratime",    "nodiratime",   "bind",    "rbind",
    "unbindable", "runbindable", "private",    "rprivate",    "shared",       "rshared", "slave",
    "rslave",     "relatime",    "norelatime", "strictatime", "nostrictatime"};
constexpr std::array tmpfs_keys = {"size", "mode", "uid", "gid", "nr_inodes", "nr_blocks", "mpol"};

Result<> check_tmpfs_option(std::string_view option) {
    const auto parts = text::cut(option, "=");
    const bool known = parts ? std::ranges::find(tmpfs_keys, parts->first) != tmpfs_keys.end()
                             : std::ranges::find(tmpfs_flags, option) != tmpfs_flags.end();
    if (!known) {
        return fail(ErrorKind::internal, "invalid tmpfs option \"{}\"", option);
    }
    return {};
}

Result<> check_read_only(const MountRecord& mount) {
    const char* conflict = nullptr;
    if (mount.rw && mount.read_only_non_recursive) {
        conflict = "!ReadOnly && BindOptions.ReadOnlyNonRecursive";
    } else if (mount.rw && mount.read_only_force_recursive) {
        conflict = "!ReadOnly && BindOptions.ReadOnlyForceRecursive";
    } else if (mount.read_only_non_recursive && mount.read_only_force_recursive) {
        conflict = "ReadOnlyNonRecursive && BindOptions.ReadOnlyForceRecursive";
    }
    if (conflict != nullptr) {
        return fail(ErrorKind::internal, "mount options conflict: {}", conflict);
    }
    return {};
}

Result<PlannedMount> planned_bind(const MountRecord& mount, std::string source,
                                  const RuntimeMountPlan& plan) {
    CHECK_OK(check_read_only(mount));
    const bool is_file = plan.files.contains(source);
    PlannedMount planned{"bind", std::move(source), mount.destination, {}};
    planned.options.emplace_back(mount.non_recursive ? "bind" : "rbind");
    const bool recursive = !mount.non_recursive && !mount.read_only_non_recursive && !is_file;
    if (mount.rw) {
        planned.options.emplace_back("rw");
    } else if (recursive && plan.recursive_read_only) {
        planned.options.emplace_back("rro");
    } else if (recursive && mount.read_only_force_recursive) {
        return Error(ErrorKind::internal,
                     "rro is not supported by the kernel: Linux 5.12 or newer is needed");
    } else {
        planned.options.emplace_back("ro");
    }
    std::string propagation = mount.propagation.empty() ? "rprivate" : mount.propagation;
    if (mount.non_recursive && propagation.starts_with('r')) {
        propagation.erase(0, 1);  // crun takes its recursion for the bind's
    }
    planned.options.push_back(std::move(propagation));
    return planned;
}

}  // namespace

Result<std::vector<PlannedMount>> runtime_mounts(const std::vector<MountRecord>& mounts,
                                                 const api::HostConfig& host,
                                                 const RuntimeMountPlan& plan) {
    std::vector<PlannedMount> out;
    for (std::size_t number = 0; number < mounts.size(); ++number) {
        const MountRecord& mount = mounts[number];
        if (mount.type == "tmpfs") {
            PlannedMount planned{"tmpfs", "tmpfs", mount.destination, mount.options};
            planned.options.emplace_back(mount.rw ? "rw" : "ro");
            out.push_back(std::move(planned));
            continue;
        }
        std::string source =
            is_run_mount(mount) ? run_mount_place(plan.run_folder, number) : mount.source;
        TRY(auto planned, planned_bind(mount, std::move(source), plan));
        out.push_back(std::move(planned));
    }
    for (const auto& [target, options] : host.tmpfs) {
        PlannedMount planned{"tmpfs", "tmpfs", clean_path(target), {"noexec", "nosuid", "nodev"}};
        for (const std::string_view option : text::split(options, ',')) {
            if (!option.empty()) {
                CHECK_OK(check_tmpfs_option(option));
                planned.options.emplace_back(option);
            }
        }
        out.push_back(std::move(planned));
    }
    return out;
}

}  // namespace wherry::containers
