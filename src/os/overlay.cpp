#include "os/overlay.hpp"

#include <fcntl.h>
#include <linux/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/text.hpp"
#include "os/file.hpp"
#include "os/syscall.hpp"

namespace wherry::os {

namespace {

Result<> configure(int context, unsigned command, const char* key, const char* value) {
    const long result =
        retry([&] { return ::syscall(SYS_fsconfig, context, command, key, value, 0); });
    if (result < 0) {
        return last_failure("fsconfig overlay", value != nullptr ? value : "");
    }
    return {};
}

/// One "lowerdir" text; its limit of 255 bytes is kept by naming folders through /proc.
Result<> add_by_descriptor(int context, const std::vector<std::string>& folders,
                           std::vector<UniqueFd>& held) {
    std::string lowers;
    for (const std::string& folder : folders) {
        TRY(auto fd, os::open(folder, O_PATH | O_DIRECTORY));
        lowers += text::format("{}/proc/self/fd/{}", lowers.empty() ? "" : ":", fd.get());
        held.push_back(std::move(fd));
    }
    return configure(context, FSCONFIG_SET_STRING, "lowerdir", lowers.c_str());
}

Result<> add_folders(int context, const std::vector<std::string>& folders,
                     std::vector<UniqueFd>& held) {
    for (const std::string& folder : folders) {
        auto added = configure(context, FSCONFIG_SET_STRING, "lowerdir+", folder.c_str());
        if (!added && &folder == &folders.front() && added.error().os_error() == EINVAL) {
            return add_by_descriptor(context, folders, held);
        }
        CHECK_OK(std::move(added));
    }
    return {};
}

}  // namespace

Result<UniqueFd> open_overlay(const std::vector<std::string>& folders) {
    if (folders.size() == 1) {  // the kernel wants two
        return os::open(folders.front(), O_PATH | O_DIRECTORY);
    }
    TRY(const int raw, checked("fsopen", "overlay", [] {
            return static_cast<int>(::syscall(SYS_fsopen, "overlay", FSOPEN_CLOEXEC));
        }));
    const UniqueFd context(raw);
    std::vector<UniqueFd> held;
    CHECK_OK(add_folders(context.get(), folders, held));
    CHECK_OK(configure(context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr));
    TRY(const int mounted, checked("fsmount", "overlay", [&] {
            return static_cast<int>(::syscall(
                SYS_fsmount, context.get(), FSMOUNT_CLOEXEC,
                MOUNT_ATTR_RDONLY | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC));
        }));
    return UniqueFd(mounted);
}

}  // namespace wherry::os
