#include "os/watch.hpp"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cstdint>

#include "os/syscall.hpp"

namespace wherry::os {

namespace {

Result<UniqueFd> watch_for(const std::string& path, std::uint32_t what) {
    TRY(const int raw,
        checked("inotify_init1", path, [] { return ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK); }));
    UniqueFd watch(raw);
    TRY([[maybe_unused]] const int id, checked("inotify_add_watch", path, [&] {
            return ::inotify_add_watch(watch.get(), path.c_str(), what);
        }));
    return watch;
}

}  // namespace

Result<UniqueFd> watch_folder(const std::string& path) {
    return watch_for(path, IN_MODIFY | IN_CREATE | IN_MOVED_TO);
}

Result<UniqueFd> watch_renames(const std::string& path) {
    return watch_for(path, IN_MOVED_TO);
}

void drain_watch(int watch) noexcept {
    std::array<char, 4096> told{};
    while (retry([&] { return ::read(watch, told.data(), told.size()); }) > 0) {
    }
}

}  // namespace wherry::os
