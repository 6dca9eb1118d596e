#include "os/oom_watch.hpp"

#include <sys/eventfd.h>
#include <sys/inotify.h>

#include "os/cgroup.hpp"
#include "os/file.hpp"
#include "os/syscall.hpp"

namespace wherry::os {

namespace {

/// cgroup-v2.rst: "memory.events … a file modified event is generated".
Result<UniqueFd> watch_v2(const std::string& folder) {
    const std::string file = folder + "/memory.events";
    TRY(const int raw,
        checked("inotify_init1", file, [] { return ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK); }));
    UniqueFd watch(raw);
    TRY([[maybe_unused]] const int id, checked("inotify_add_watch", file, [&] {
            return ::inotify_add_watch(watch.get(), file.c_str(), IN_MODIFY);
        }));
    return watch;
}

/// cgroup-v1/memory.rst, 10: the eventfd and memory.oom_control's descriptor, told to
/// cgroup.event_control.
Result<UniqueFd> watch_v1(const std::string& folder) {
    TRY(const int raw,
        checked("eventfd", folder, [] { return ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }));
    UniqueFd watch(raw);
    TRY(const auto control, open(folder + "/memory.oom_control", O_RDONLY));
    TRY(const auto registry, open(folder + "/cgroup.event_control", O_WRONLY));
    CHECK_OK(write_all(registry.get(), text::format("{} {}", watch.get(), control.get())));
    return watch;
}

}  // namespace

Result<UniqueFd> watch_out_of_memory(const std::string& cgroup) {
    return cgroup_mode() == CgroupMode::v2 ? watch_v2("/sys/fs/cgroup" + cgroup)
                                           : watch_v1("/sys/fs/cgroup/memory" + cgroup);
}

}  // namespace wherry::os
