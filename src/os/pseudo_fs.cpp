#include "os/pseudo_fs.hpp"

#include <linux/magic.h>
#include <sys/vfs.h>

#include <algorithm>
#include <array>

#include "os/syscall.hpp"

namespace wherry::os {

namespace {

// Some are missing from the headers of Debian 12.
constexpr std::uint32_t mqueue_magic = 0x19800202;
constexpr std::array<std::uint32_t, 11> pseudo = {
    PROC_SUPER_MAGIC,   SYSFS_MAGIC,    CGROUP_SUPER_MAGIC, CGROUP2_SUPER_MAGIC,
    DEVPTS_SUPER_MAGIC, DEBUGFS_MAGIC,  TRACEFS_MAGIC,      SECURITYFS_MAGIC,
    BPF_FS_MAGIC,       PSTOREFS_MAGIC, mqueue_magic};

}  // namespace

Result<bool> is_pseudo_fs(int fd) {
    struct statfs facts{};
    CHECK_OK(checked("statfs", "", [&] { return ::fstatfs(fd, &facts); }));
    return std::ranges::find(pseudo, static_cast<std::uint32_t>(facts.f_type)) != pseudo.end();
}

}  // namespace wherry::os
