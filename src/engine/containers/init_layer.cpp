#include "engine/containers/init_layer.hpp"

#include <fcntl.h>

#include "os/entry.hpp"
#include "os/file.hpp"

namespace wherry::containers {

Result<> make_init_layer(const std::string& folder) {
    CHECK_OK(os::make_dirs(folder, 0755));
    TRY(const auto dir, os::open(folder, O_PATH | O_DIRECTORY));
    CHECK_OK(os::set_mode(dir.get(), ".", 0755));
    for (const char* name : {"dev", "dev/pts", "dev/shm", "etc", "proc", "sys"}) {
        auto made = os::make_dir(dir.get(), name, 0755);
        if (!made && made.error().os_error() != EEXIST) {
            return made;
        }
        CHECK_OK(os::set_mode(dir.get(), name, 0755));
    }
    for (const char* name :
         {".dockerenv", "dev/console", "etc/hostname", "etc/hosts", "etc/resolv.conf"}) {
        TRY(const auto file, os::open_at(dir.get(), name, O_WRONLY | O_CREAT | O_NOFOLLOW, 0755));
        CHECK_OK(os::set_mode(file.get(), 0755));
    }
    const auto linked = os::make_symlink(dir.get(), "etc/mtab", "/proc/mounts");
    return linked || linked.error().os_error() == EEXIST ? Result<>() : linked;
}

}  // namespace wherry::containers
