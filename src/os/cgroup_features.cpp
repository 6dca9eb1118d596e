#include "os/cgroup_features.hpp"

#include <sys/vfs.h>

#include <algorithm>

#include "base/text.hpp"
#include "os/file.hpp"

namespace wherry::os {

namespace {

constexpr const char* root = "/sys/fs/cgroup";
constexpr long cgroup2_magic = 0x63677270;

bool is_unified() {
    struct statfs info{};
    return ::statfs(root, &info) == 0 && info.f_type == cgroup2_magic;
}

CgroupFeatures unified_features() {
    const std::string content = read_file(std::string(root) + "/cgroup.controllers").value_or("");
    const auto names = text::split(text::trim(content), ' ');
    const auto has = [&](std::string_view name) {
        return std::ranges::find(names, name) != names.end();
    };
    CgroupFeatures out;
    out.version = 2;
    out.memory_limit = has("memory");
    // The root has no swap file; a kernel with swap accounting has it in every child.
    out.swap_limit = has("memory") && exists("/proc/swaps");
    out.cpu_shares = out.cpu_cfs = has("cpu");
    out.cpuset = has("cpuset");
    out.pids_limit = has("pids");
    // Written by the BFQ scheduler (io.bfq.weight) or the kernel's cost model (io.weight).
    out.blkio_weight = out.blkio_weight_device = has("io");
    return out;
}

}  // namespace

std::string cgroup_v1_mount(const std::string& controller) {
    const std::string table = read_file("/proc/self/mountinfo").value_or("");
    for (const auto line : text::split(table, '\n')) {
        const auto parts = text::cut(line, " - cgroup ");
        if (!parts) {
            continue;
        }
        const auto left = text::split(parts->first, ' ');
        const auto right = text::split(parts->second, ' ');
        if (left.size() < 5 || right.size() < 2) {
            continue;
        }
        const auto options = text::split(right.back(), ',');
        if (std::ranges::find(options, controller) != options.end()) {
            return std::string(left[4]);
        }
    }
    return "";
}

CgroupFeatures cgroup_features() {
    if (is_unified()) {
        return unified_features();
    }
    CgroupFeatures out;
    const std::string memory = cgroup_v1_mount("memory");
    out.memory_limit = !memory.empty();
    out.swap_limit = out.memory_limit && exists(memory + "/memory.memsw.limit_in_bytes");
    out.oom_kill_disable = out.memory_limit && exists(memory + "/memory.oom_control");
    out.kernel_memory_tcp = out.memory_limit && exists(memory + "/memory.kmem.tcp.limit_in_bytes");
    const std::string cpu = cgroup_v1_mount("cpu");
    out.cpu_shares = !cpu.empty() && exists(cpu + "/cpu.shares");
    out.cpu_cfs = !cpu.empty() && exists(cpu + "/cpu.cfs_quota_us");
    out.cpuset = !cgroup_v1_mount("cpuset").empty();
    out.pids_limit = !cgroup_v1_mount("pids").empty();
    const std::string blkio = cgroup_v1_mount("blkio");
    out.blkio_weight = !blkio.empty() && exists(blkio + "/blkio.weight");
    out.blkio_weight_device = out.blkio_weight && exists(blkio + "/blkio.weight_device");
    return out;
}

}  // namespace wherry::os
