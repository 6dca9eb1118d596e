#include "engine/containers/run_mounts.hpp"

#include <cerrno>

#include "base/text.hpp"
#include "os/device.hpp"
#include "os/file.hpp"
#include "os/mount.hpp"
#include "os/overlay.hpp"
#include "os/root_dir.hpp"
#include "os/tree.hpp"

namespace wherry::containers {

namespace {

constexpr const char* mounts_folder = "/mounts";

Result<> make_shared_memory(const RunMount& mount) {
    CHECK_OK(os::make_dirs(mount.place));
    return os::mount_shared_memory(mount.place, text::format("mode=1777,size={}", mount.bytes));
}

Error no_access(const RunMount& mount, const Error& error) {
    if (error.os_error() == EXDEV) {
        return fail(ErrorKind::invalid,
                    "path concatenation escapes the base directory, base: {}, subpath: {}",
                    mount.source, mount.subpath);
    }
    const bool missing = error.kind() == ErrorKind::not_found;
    return fail(missing ? ErrorKind::not_found : ErrorKind::internal,
                "cannot access path {}/{}: {}", mount.source, mount.subpath,
                missing ? "no such file or directory" : error.message());
}

/// Binds `subpath` below `root` at the mount's place, as a folder or as a file.
Result<> bind_subpath(const RunMount& mount, os::UniqueFd root) {
    const os::RootDir dir(std::move(root));
    auto found = dir.open_beneath(mount.subpath, O_PATH);
    if (!found) {
        return no_access(mount, found.error());
    }
    if (os::is_folder(text::format("/proc/self/fd/{}", found->get()))) {
        CHECK_OK(os::make_dirs(mount.place));
    } else {
        CHECK_OK(os::make_dirs(mount.place.substr(0, mount.place.rfind('/'))));
        CHECK_OK(os::write_file(mount.place, ""));
    }
    return os::bind_fd(found->get(), mount.place);
}

/// An overlay wants two layers: one alone is bound.
Result<> make_image(const RunMount& mount) {
    os::UniqueFd root;
    if (mount.lowers.size() == 1) {
        TRY(root, os::open(mount.lowers.front(), O_PATH | O_DIRECTORY));
    } else {
        TRY(root, os::make_overlay({.lowers = mount.lowers}));
    }
    if (mount.subpath.empty() && mount.lowers.size() > 1) {
        CHECK_OK(os::make_dirs(mount.place));
        return os::attach_mount(root.get(), mount.place);
    }
    if (mount.lowers.size() > 1) {
        // A part of a mount can be bound only where the whole is mounted.
        const std::string whole = mount.place + ".image";
        CHECK_OK(os::make_dirs(whole));
        CHECK_OK(os::attach_mount(root.get(), whole));
        TRY(root, os::open(whole, O_PATH | O_DIRECTORY));
    }
    return bind_subpath(mount, std::move(root));
}

}  // namespace

Result<> make_run_mounts(const std::vector<RunMount>& mounts) {
    for (const RunMount& mount : mounts) {
        if (mount.kind == RunMount::Kind::shared_memory) {
            CHECK_OK(make_shared_memory(mount));
        } else if (mount.kind == RunMount::Kind::image) {
            CHECK_OK(make_image(mount));
        } else {
            TRY(auto root, os::open(mount.source, O_PATH | O_DIRECTORY));
            CHECK_OK(bind_subpath(mount, std::move(root)));
        }
    }
    return {};
}

Result<> drop_run_mounts(const std::string& run_folder) {
    const std::string folder = run_folder + mounts_folder;
    if (!os::exists(folder)) {
        return {};
    }
    TRY(const auto names, os::list_dir(folder));
    for (const std::string& name : names) {
        const Result<> gone = os::unmount(folder + "/" + name, true);
        // Not everything in it is mounted: a start may have been cut off.
        if (!gone && gone.error().os_error() != EINVAL) {
            return gone;
        }
    }
    return {};
}

Result<> remove_run_folder(const std::string& run_folder) {
    CHECK_OK(drop_run_mounts(run_folder));
    return os::remove_tree(run_folder);
}

std::string shared_memory_place(const std::string& run_folder) {
    return run_folder + mounts_folder + "/shm";
}

std::string run_mount_place(const std::string& run_folder, std::size_t number) {
    return text::format("{}{}/{}", run_folder, mounts_folder, number);
}

}  // namespace wherry::containers
