#include <algorithm>

#include "base/text.hpp"
#include "engine/containers/security_options.hpp"
#include "engine/containers/spec_parts.hpp"

namespace wherry::containers::spec {

namespace {

constexpr const char* init_in_container = "/sbin/docker-init";

bool writable_cgroups(const SpecInput& input) {
    const auto options = parse_security_options(input.host.security_opt);
    return input.host.privileged || (options && options->writable_cgroups);
}

/// Docker's default mounts (behaviour: default sandbox lists).
std::vector<oci::Mount> default_mounts(const SpecInput& input) {
    const char* sys = input.host.privileged ? "rw" : "ro";
    const char* cgroup = writable_cgroups(input) ? "rw" : "ro";
    std::vector<oci::Mount> out = {
        {"/proc", "proc", "proc", {"nosuid", "noexec", "nodev"}},
        {"/dev", "tmpfs", "tmpfs", {"nosuid", "strictatime", "mode=755", "size=65536k"}},
        {"/dev/pts",
         "devpts",
         "devpts",
         {"nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"}},
        {"/sys", "sysfs", "sysfs", {"nosuid", "noexec", "nodev", sys}},
        {"/sys/fs/cgroup", "cgroup", "cgroup", {cgroup, "nosuid", "noexec", "nodev"}},
        {"/dev/mqueue", "mqueue", "mqueue", {"nosuid", "noexec", "nodev"}}};
    if (input.namespaces.ipc == "host") {
        out.push_back({"/dev/shm", "bind", "/dev/shm", {"rbind", "nosuid", "noexec", "nodev"}});
    } else if (!input.shared_memory.empty()) {
        out.push_back(
            {"/dev/shm", "bind", input.shared_memory, {"bind", "nosuid", "noexec", "nodev"}});
    } else if (input.host.ipc_mode != "none") {
        const std::int64_t size = input.host.shm_size;
        out.push_back({"/dev/shm",
                       "tmpfs",
                       "shm",
                       {"nosuid", "noexec", "nodev", "mode=1777", text::format("size={}", size)}});
    }
    return out;
}

std::ptrdiff_t depth(const oci::Mount& mount) {
    return std::ranges::count(mount.destination, '/') - (mount.destination == "/" ? 1 : 0);
}

/// Parents come before what lies below them; equals keep their order.
void sort_by_depth(std::vector<oci::Mount>& mounts) {
    std::vector<std::pair<std::ptrdiff_t, std::size_t>> order;
    for (std::size_t index = 0; index < mounts.size(); ++index) {
        order.emplace_back(depth(mounts[index]), index);
    }
    std::ranges::sort(order);
    std::vector<oci::Mount> sorted;
    for (const auto& [_, index] : order) {
        sorted.push_back(std::move(mounts[index]));
    }
    mounts = std::move(sorted);
}

/// Folders of /dev itself that a container's own /dev replaces too.
bool below(std::string_view path, std::string_view parent) {
    return path.size() > parent.size() && path.starts_with(parent) && path[parent.size()] == '/';
}

}  // namespace

std::vector<oci::Mount> mounts(const SpecInput& input) {
    std::vector<oci::Mount> own;
    for (const PlannedMount& planned : input.mounts) {
        own.push_back({planned.destination, planned.type, planned.source, planned.options});
    }
    if (!input.init_program.empty()) {
        own.push_back({init_in_container, "bind", input.init_program, {"bind", "ro"}});
    }
    sort_by_depth(own);
    std::vector<oci::Mount> out;
    for (oci::Mount& mount : default_mounts(input)) {
        const bool replaced = std::ranges::any_of(own, [&](const oci::Mount& one) {
            return one.destination == mount.destination ||
                   (one.destination == "/dev" && below(mount.destination, "/dev"));
        });
        if (!replaced) {
            out.push_back(std::move(mount));
        }
    }
    out.insert(out.end(), std::make_move_iterator(own.begin()), std::make_move_iterator(own.end()));
    return out;
}

std::string rootfs_propagation(const SpecInput& input) {
    std::string out;
    for (const PlannedMount& planned : input.mounts) {
        for (const std::string& option : planned.options) {
            if (option == "shared" || option == "rshared") {
                return "rshared";
            }
            if (option == "slave" || option == "rslave") {
                out = "rslave";
            }
        }
    }
    return out;
}

}  // namespace wherry::containers::spec
