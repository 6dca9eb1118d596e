#include "engine/containers/cgroup_setup.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "os/cgroup.hpp"
#include "os/cgroup_features.hpp"
#include "os/file.hpp"
#include "os/mount.hpp"

namespace wherry::containers {

CgroupSetup plan_cgroups(const std::string& controllers, const std::string& in_use) {
    const auto used = text::split(text::trim(in_use), ' ');
    CgroupSetup plan;
    for (const auto name : text::split(text::trim(controllers), ' ')) {
        if (name.empty()) {
            continue;
        }
        if (std::ranges::find(used, name) == used.end()) {
            plan.mounted.emplace_back(name);
        } else {
            plan.left.push_back(text::format("{}: used by the v2 tree", name));
        }
    }
    return plan;
}

std::vector<std::string> joined_hierarchies(const std::string& table) {
    std::vector<std::string> out;
    for (const auto line : text::split(table, '\n')) {
        const auto parts = text::split(line, ':');
        if (parts.size() >= 3 && !parts[1].empty() && !parts[1].starts_with("name=")) {
            out.emplace_back(parts[1]);
        }
    }
    return out;
}

Result<CgroupSetup> prepare_cgroups() {
    if (os::cgroup_mode() != os::CgroupMode::hybrid) {
        return CgroupSetup{};
    }
    const std::string unified = "/sys/fs/cgroup/unified/";
    TRY(const auto controllers, os::read_file(unified + "cgroup.controllers"));
    TRY(const auto in_use, os::read_file(unified + "cgroup.subtree_control"));
    auto plan = plan_cgroups(controllers, in_use);
    TRY(const auto joined, os::read_file("/proc/self/cgroup"));
    for (auto& name : joined_hierarchies(joined)) {
        if (os::cgroup_v1_mount(name.substr(0, name.find(','))).empty()) {
            plan.mounted.push_back(std::move(name));
        }
    }
    for (const auto& name : plan.mounted) {
        const std::string folder = "/sys/fs/cgroup/" + name;
        CHECK_OK(os::make_dirs(folder));
        CHECK_OK(os::mount_type("cgroup", folder, name));
        log::info("cgroup v1 hierarchy mounted controller={} folder={}", name, folder);
    }
    return plan;
}

}  // namespace wherry::containers
