#include "os/watch.hpp"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>

#include "os/syscall.hpp"

namespace wherry::os {

Result<UniqueFd> watch_folder(const std::string& path) {
    TRY(const int raw,
        checked("inotify_init1", path, [] { return ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK); }));
    UniqueFd watch(raw);
    TRY([[maybe_unused]] const int id, checked("inotify_add_watch", path, [&] {
            return ::inotify_add_watch(watch.get(), path.c_str(),
                                       IN_MODIFY | IN_CREATE | IN_MOVED_TO);
        }));
    return watch;
}

void drain_watch(int watch) noexcept {
    std::array<char, 4096> told{};
    while (retry([&] { return ::read(watch, told.data(), told.size()); }) > 0) {
    }
}

}  // namespace wherry::os
