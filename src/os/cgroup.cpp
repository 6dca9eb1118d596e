#include "os/cgroup.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

#include "os/file.hpp"
#include "os/syscall.hpp"

namespace wherry::os {

namespace {

const std::string cgroup_root = "/sys/fs/cgroup";
const std::string unified_root = cgroup_root + "/unified";

bool is_v2(const std::string& folder) {
    struct statfs info{};
    return ::statfs(folder.c_str(), &info) == 0 && info.f_type == CGROUP2_SUPER_MAGIC;
}

std::vector<std::string> folders_in(const std::string& folder) {
    std::vector<std::string> out;
    const std::unique_ptr<DIR, int (*)(DIR*)> dir(::opendir(folder.c_str()), &::closedir);
    while (dir) {
        const dirent* entry = ::readdir(dir.get());
        if (entry == nullptr) {
            break;
        }
        const std::string_view name = entry->d_name;
        if (entry->d_type == DT_DIR && name != "." && name != "..") {
            out.push_back(folder + "/" + std::string(name));
        }
    }
    return out;
}

/// A hierarchy that holds every process of a container. On v1 a runtime joins them all.
std::string main_folder(const std::string& path) {
    if (is_v2(cgroup_root)) {
        return cgroup_root + path;
    }
    for (const std::string_view name : {"/pids", "/memory", "/freezer", "/cpu", "/systemd"}) {
        std::string folder = cgroup_root + std::string(name) + path;
        if (exists(folder)) {
            return folder;
        }
    }
    return unified_root + path;
}

void collect(const std::string& folder, std::vector<pid_t>& out) {
    auto text = read_file(folder + "/cgroup.procs");
    if (!text) {
        return;
    }
    for (const auto line : text::split(*text, '\n')) {
        if (const auto pid = text::parse_int<pid_t>(line); pid && *pid > 0) {
            out.push_back(*pid);
        }
    }
    for (const auto& child : folders_in(folder)) {
        collect(child, out);
    }
}

Result<> remove_tree_of_groups(const std::string& folder) {
    if (::rmdir(folder.c_str()) == 0 || errno == ENOENT) {
        return {};
    }
    for (const auto& child : folders_in(folder)) {
        CHECK_OK(remove_tree_of_groups(child));
    }
    if (::rmdir(folder.c_str()) != 0 && errno != ENOENT) {
        return last_failure("rmdir", folder);
    }
    return {};
}

std::uint64_t counter(const std::string& text, std::string_view key) {
    for (const auto line : text::split(text, '\n')) {
        const auto parts = text::cut(line, " ");
        if (parts && parts->first == key) {
            return text::parse_int<std::uint64_t>(parts->second).value_or(0);
        }
    }
    return 0;
}

}  // namespace

CgroupMode cgroup_mode() {
    return is_v2(cgroup_root)    ? CgroupMode::v2
           : is_v2(unified_root) ? CgroupMode::hybrid
                                 : CgroupMode::v1;
}

std::vector<std::string> cgroup_roots() {
    return is_v2(cgroup_root) ? std::vector<std::string>{cgroup_root} : folders_in(cgroup_root);
}

std::optional<std::vector<std::string>> unified_options(const std::string& table,
                                                        const std::string& folder) {
    for (const auto line : text::split(table, '\n')) {
        const auto parts = text::cut(line, " - cgroup2 ");
        if (!parts || text::split(parts->first, ' ').size() < 5 ||
            text::split(parts->first, ' ')[4] != folder) {
            continue;
        }
        std::vector<std::string> out;
        const auto last = parts->second.substr(parts->second.rfind(' ') + 1);
        for (const auto option : text::split(last, ',')) {
            if (option != "rw" && option != "ro") {
                out.emplace_back(option);
            }
        }
        return out;
    }
    return std::nullopt;
}

Result<bool> favor_group_changes() {
    constexpr const char* wanted = "favordynmods";
    const std::string folder = is_v2(cgroup_root) ? cgroup_root : unified_root;
    TRY(const std::string table, read_file("/proc/self/mountinfo"));
    auto options = unified_options(table, folder);
    if (!options || std::ranges::find(*options, wanted) != options->end()) {
        return false;
    }
    // What is not named again would be switched off.
    options->emplace_back(wanted);
    TRY(const auto raw, checked("fspick", folder, [&] {
            return ::syscall(SYS_fspick, AT_FDCWD, folder.c_str(), FSPICK_CLOEXEC);
        }));
    const UniqueFd context(static_cast<int>(raw));
    for (const std::string& option : *options) {
        CHECK_OK(checked("fsconfig", option, [&] {
            return ::syscall(SYS_fsconfig, context.get(), FSCONFIG_SET_FLAG, option.c_str(),
                             nullptr, 0);
        }));
    }
    CHECK_OK(checked("fsconfig", folder, [&] {
        return ::syscall(SYS_fsconfig, context.get(), FSCONFIG_CMD_RECONFIGURE, nullptr, nullptr,
                         0);
    }));
    return true;
}

namespace {

/// Where a process is in the v2 hierarchy, by /proc/PID/cgroup; empty if it is not known.
std::string unified_group(pid_t pid) {
    const std::string table = read_file(text::format("/proc/{}/cgroup", pid)).value_or("");
    for (const auto line : text::split(table, '\n')) {
        if (line.starts_with("0::")) {
            return std::string(line.substr(3));
        }
    }
    return {};
}

Result<> enter_group(const std::string& folder) {
    TRY(const auto fd, open(folder + "/cgroup.procs", O_WRONLY));
    return write_all(fd.get(), "0");
}

}  // namespace

Result<> join_cgroup(const std::string& path, pid_t like) {
    bool joined = false;
    for (const std::string& root : cgroup_roots()) {
        if (!exists(root + path + "/cgroup.procs")) {
            continue;
        }
        auto entered = enter_group(root + path);
        // Groups of v2 hold processes or share out controllers, not both.
        if (!entered && is_v2(root)) {
            entered = enter_group(root + unified_group(like));
        }
        CHECK_OK(std::move(entered));
        joined = true;
    }
    if (!joined) {
        return fail(ErrorKind::not_found, "no control group {}", path);
    }
    return {};
}

std::vector<pid_t> cgroup_processes(const std::string& path) {
    std::vector<pid_t> out;
    collect(main_folder(path), out);
    return out;
}

Result<bool> kill_cgroup(const std::string& path) {
    const std::string folder = main_folder(path);
    // cgroup.kill (5.14) is atomic and takes the groups below too.
    if (is_v2(cgroup_root) && exists(folder + "/cgroup.kill")) {
        const bool empty = cgroup_processes(path).empty();
        if (!empty) {
            CHECK_OK(write_file(folder + "/cgroup.kill", "1"));
        }
        return empty;
    }
    // New ones are born while old ones are killed, so until nobody new shows up.
    std::vector<pid_t> killed;
    for (int round = 0; round < 100; ++round) {
        bool fresh = false;
        for (const pid_t pid : cgroup_processes(path)) {
            if (std::ranges::find(killed, pid) == killed.end()) {
                fresh = true;
                killed.push_back(pid);
                (void)::kill(pid, SIGKILL);
            }
        }
        if (!fresh) {
            break;
        }
    }
    // A frozen process dies only when it is thawed.
    if (!killed.empty()) {
        const std::string state = cgroup_root + "/freezer" + path + "/freezer.state";
        if (exists(state)) {
            CHECK_OK(write_file(state, "THAWED"));
        }
    }
    return killed.empty();
}

Result<> remove_cgroup(const std::string& path) {
    if (path.size() < 2) {
        return fail(ErrorKind::invalid, "remove cgroup: \"{}\" is the root", path);
    }
    for (const auto& root : cgroup_roots()) {
        CHECK_OK(remove_tree_of_groups(root + path));
    }
    return {};
}

std::uint64_t cgroup_oom_kills(const std::string& path) {
    const std::string file = is_v2(cgroup_root)
                                 ? cgroup_root + path + "/memory.events"
                                 : cgroup_root + "/memory" + path + "/memory.oom_control";
    auto text = read_file(file);
    return text ? counter(*text, "oom_kill") : 0;
}

}  // namespace wherry::os
