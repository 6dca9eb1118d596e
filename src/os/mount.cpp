#include "os/mount.hpp"

#include <fcntl.h>
#include <linux/mount.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <thread>

#include "base/scope_guard.hpp"
#include "os/file.hpp"
#include "os/syscall.hpp"

// glibc's and the kernel's headers of mount(2) exclude each other before glibc 2.37.
extern "C" {
int mount(const char* source, const char* target, const char* type, unsigned long flags,
          const void* data) noexcept;
int umount2(const char* target, int flags) noexcept;
}

namespace wherry::os {

namespace {

constexpr unsigned long bind_flag = 0x1000;        // MS_BIND
constexpr unsigned long private_flag = 1UL << 18;  // MS_PRIVATE
constexpr unsigned long read_only_flag = 1;        // MS_RDONLY
constexpr unsigned long recursive_flag = 0x4000;   // MS_REC
constexpr unsigned long remount_flag = 0x20;       // MS_REMOUNT
constexpr unsigned long data_flags = 0xe;          // MS_NOSUID | MS_NODEV | MS_NOEXEC
constexpr int detach_flag = 2;                     // MNT_DETACH
constexpr std::size_t options_limit = 4095;        // one page, and the zero

Result<> configure(int context, const char* key, const std::string& value) {
    CHECK_OK(checked("fsconfig", text::format("{}={}", key, value), [&] {
        return ::syscall(SYS_fsconfig, context, FSCONFIG_SET_STRING, key, value.c_str(), 0);
    }));
    return {};
}

std::string below(const Overlay& overlay, const std::string& name) {
    return overlay.base.empty() || name.starts_with('/') ? name : overlay.base + "/" + name;
}

/// The kernel's own words about the last failure of a file system context, if any.
std::string context_message(int context) {
    char buffer[512];
    const auto got = retry([&] { return ::read(context, buffer, sizeof buffer); });
    if (got <= 0) {
        return {};
    }
    const std::string text(buffer, static_cast<std::size_t>(got));
    return std::string(text::trim(text));
}

Result<> configure_overlay(int context, const Overlay& overlay) {
    for (const auto& lower : overlay.lowers) {
        CHECK_OK(configure(context, "lowerdir+", below(overlay, lower)));
    }
    if (!overlay.upper.empty()) {
        CHECK_OK(configure(context, "upperdir", overlay.upper));
        CHECK_OK(configure(context, "workdir", overlay.work));
    }
    CHECK_OK(checked("fsconfig", "overlay", [&] {
        return ::syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, nullptr, nullptr, 0);
    }));
    return {};
}

/// All in one option, relative to the base; the caller has changed to it.
Result<> mount_overlay_by_options(const Overlay& overlay, const std::string& target) {
    std::string options = "lowerdir=" + text::join(overlay.lowers, ":");
    if (!overlay.upper.empty()) {
        options += ",upperdir=" + overlay.upper + ",workdir=" + overlay.work;
    }
    if (options.size() > options_limit) {
        return fail(ErrorKind::unsupported,
                    "mount {}: this kernel takes {} bytes of layers, and {} are needed", target,
                    options_limit, options.size());
    }
    CHECK_OK(checked("mount", target, [&] {
        return ::mount("overlay", target.c_str(), "overlay", 0, options.c_str());
    }));
    return {};
}

/// An overlay needs two layers or an upper one; a single one is bound instead.
Result<> bind_read_only(const std::string& source, const std::string& target) {
    CHECK_OK(checked("mount", target, [&] {
        return ::mount(source.c_str(), target.c_str(), nullptr, bind_flag, nullptr);
    }));
    CHECK_OK(checked("mount", target, [&] {
        return ::mount(nullptr, target.c_str(), nullptr, bind_flag | remount_flag | read_only_flag,
                       nullptr);
    }));
    return {};
}

}  // namespace

Result<> unshare_mounts() {
    CHECK_OK(checked("unshare", "CLONE_NEWNS", [] { return ::unshare(CLONE_NEWNS); }));
    return {};
}

Result<> bind_private(const std::string& folder) {
    // A bind has the device of what is around it, so mountinfo alone knows it.
    TRY(const std::string table, read_file("/proc/self/mountinfo"));
    if (table.find(" " + folder + " ") == std::string::npos) {
        CHECK_OK(checked("mount", folder, [&] {
            return ::mount(folder.c_str(), folder.c_str(), nullptr, bind_flag, nullptr);
        }));
    }
    CHECK_OK(checked("mount", folder, [&] {
        return ::mount(nullptr, folder.c_str(), nullptr, private_flag, nullptr);
    }));
    return {};
}

namespace {

std::string fd_path(int fd) {
    return text::format("/proc/thread-self/fd/{}", fd);
}

Result<UniqueFd> arrange_namespace(const std::function<Result<>()>& arrange) {
    CHECK_OK(checked("unshare", "CLONE_NEWNS", [] { return ::unshare(CLONE_FS | CLONE_NEWNS); }));
    CHECK_OK(checked("mount", "/", [] {
        return ::mount(nullptr, "/", nullptr, recursive_flag | private_flag, nullptr);
    }));
    CHECK_OK(arrange());
    return open("/proc/thread-self/ns/mnt", O_RDONLY);
}

}  // namespace

Result<UniqueFd> make_mount_namespace(const std::function<Result<>()>& arrange) {
    // A thread that ends: no other work must ever run in there.
    Result<UniqueFd> made = fail(ErrorKind::internal, "mount namespace: not made");
    std::thread worker([&] { made = arrange_namespace(arrange); });
    worker.join();
    return made;
}

Result<UniqueFd> clone_root_mount(int mount_namespace) {
    const auto clone = [mount_namespace]() -> Result<UniqueFd> {
        CHECK_OK(checked("unshare", "CLONE_FS", [] { return ::unshare(CLONE_FS); }));
        CHECK_OK(checked("setns", "mount namespace",
                         [&] { return ::setns(mount_namespace, CLONE_NEWNS); }));
        TRY(const auto tree, checked("open_tree", "/", [] {
                return ::syscall(SYS_open_tree, AT_FDCWD, "/", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
            }));
        return UniqueFd(static_cast<int>(tree));
    };
    Result<UniqueFd> made = fail(ErrorKind::internal, "root mount: not cloned");
    std::thread worker([&] { made = clone(); });
    worker.join();
    return made;
}

Result<> bind_mount(int source, int target) {
    CHECK_OK(checked("mount", "", [&] {
        return ::mount(fd_path(source).c_str(), fd_path(target).c_str(), nullptr,
                       bind_flag | recursive_flag, nullptr);
    }));
    return {};
}

Result<> make_read_only(int mounted) {
    CHECK_OK(checked("mount", "", [&] {
        return ::mount(nullptr, fd_path(mounted).c_str(), nullptr,
                       bind_flag | remount_flag | read_only_flag, nullptr);
    }));
    return {};
}

Result<> mount_type(const std::string& type, const std::string& target,
                    const std::string& options) {
    CHECK_OK(checked("mount", target, [&] {
        return ::mount(type.c_str(), target.c_str(), type.c_str(), 0, options.c_str());
    }));
    return {};
}

Result<> mount_shared_memory(const std::string& target, const std::string& options) {
    CHECK_OK(checked("mount", target, [&] {
        return ::mount("shm", target.c_str(), "tmpfs", data_flags, options.c_str());
    }));
    return {};
}

Result<> bind_fd(int fd, const std::string& target) {
    const std::string source = text::format("/proc/self/fd/{}", fd);
    CHECK_OK(checked("mount", target, [&] {
        return ::mount(source.c_str(), target.c_str(), nullptr, bind_flag | recursive_flag,
                       nullptr);
    }));
    return {};
}

Result<> attach_mount(int fd, const std::string& target) {
    CHECK_OK(checked("move_mount", target, [&] {
        return ::syscall(SYS_move_mount, fd, "", AT_FDCWD, target.c_str(), MOVE_MOUNT_F_EMPTY_PATH);
    }));
    return {};
}

Result<> unmount(const std::string& target, bool lazily) {
    CHECK_OK(checked("umount", target,
                     [&] { return ::umount2(target.c_str(), lazily ? detach_flag : 0); }));
    return {};
}

Result<UniqueFd> make_overlay(const Overlay& overlay) {
    TRY(const auto raw, checked("fsopen", "overlay",
                                [] { return ::syscall(SYS_fsopen, "overlay", FSOPEN_CLOEXEC); }));
    const UniqueFd context(static_cast<int>(raw));
    if (auto configured = configure_overlay(context.get(), overlay); !configured) {
        const std::string told = context_message(context.get());
        Error error = std::move(configured).error();
        return told.empty() ? std::move(error) : std::move(error).in(told);
    }
    TRY(const auto mounted, checked("fsmount", "overlay", [&] {
            return ::syscall(SYS_fsmount, context.get(), FSMOUNT_CLOEXEC, 0);
        }));
    return UniqueFd(static_cast<int>(mounted));
}

Result<> mount_overlay(const Overlay& overlay, const std::string& target) {
    if (overlay.upper.empty() && overlay.lowers.size() == 1) {
        return bind_read_only(below(overlay, overlay.lowers[0]), target);
    }
    auto made = make_overlay(overlay);
    if (made) {
        return attach_mount(made->get(), target);
    }
    const int code = made.error().os_error();
    if (code != EINVAL && code != ENOSYS && code != EPERM) {
        return std::move(made).error();
    }
    TRY(const UniqueFd before, open(".", O_PATH | O_DIRECTORY));
    CHECK_OK(checked("chdir", overlay.base, [&] { return ::chdir(overlay.base.c_str()); }));
    const auto back = on_exit([&] { (void)::fchdir(before.get()); });
    return mount_overlay_by_options(overlay, target);
}

}  // namespace wherry::os
