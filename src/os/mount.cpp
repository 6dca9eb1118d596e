#include "os/mount.hpp"

#include <fcntl.h>
#include <linux/mount.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <thread>

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
        return clone_mount("/");
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

Result<UniqueFd> clone_mount(const std::string& target) {
    TRY(const auto tree, checked("open_tree", target, [&] {
            return ::syscall(SYS_open_tree, AT_FDCWD, target.c_str(),
                             OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
        }));
    return UniqueFd(static_cast<int>(tree));
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

}  // namespace wherry::os
