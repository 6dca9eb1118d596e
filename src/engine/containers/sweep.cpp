#include "engine/containers/sweep.hpp"

#include <csignal>
#include <thread>

#include "base/text.hpp"
#include "os/cgroup.hpp"
#include "os/cgroup_features.hpp"
#include "os/file.hpp"
#include "os/program.hpp"
#include "os/tree.hpp"

namespace wherry::containers {

namespace {

/// The container's folders in every hierarchy that is mounted.
std::vector<std::string> cgroup_folders(const std::string& cgroup) {
    std::vector<std::string> out;
    if (os::exists("/sys/fs/cgroup/cgroup.controllers")) {
        out.push_back("/sys/fs/cgroup" + cgroup);
        return out;
    }
    for (const char* controller : {"pids", "freezer", "memory", "cpu", "devices"}) {
        const std::string mount = os::cgroup_v1_mount(controller);
        if (!mount.empty() && os::exists(mount + cgroup)) {
            out.push_back(mount + cgroup);
        }
    }
    return out;
}

/// How many processes were still there.
std::size_t kill_group(const std::string& cgroup) {
    std::size_t killed = 0;
    for (const std::string& folder : cgroup_folders(cgroup)) {
        const auto text = os::read_file(folder + "/cgroup.procs");
        if (!text) {
            continue;
        }
        for (const std::string_view line : text::split(*text, '\n')) {
            if (const auto pid = text::parse_int<int>(line); pid && *pid > 1) {
                ::kill(*pid, SIGKILL);
                ++killed;
            }
        }
    }
    return killed;
}

void kill_until_empty(const std::string& cgroup) {
    constexpr int rounds = 200;
    for (int round = 0; round < rounds && kill_group(cgroup) > 0; ++round) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
}

}  // namespace

Result<> sweep_run(const LostRun& run) {
    // A frozen group dies only once it is thawed.
    static_cast<void>(set_frozen(run.cgroup, false));
    kill_until_empty(run.cgroup);
    std::vector<std::string> words = {run.runtime.program, "--root", run.runtime_root};
    words.insert(words.end(), run.runtime.arguments.begin(), run.runtime.arguments.end());
    words.insert(words.end(), {"delete", "--force", run.container_id});
    const auto deleted = os::run_program(words, "", std::chrono::seconds(5));
    kill_until_empty(run.cgroup);
    // The runtime knows nothing of a container that it had only begun to make.
    const auto removed = os::remove_cgroup(run.cgroup);
    if (!removed) {
        return removed.error();
    }
    if (!deleted) {
        return deleted.error();
    }
    return {};
}

Result<> lift_pids_limit(const std::string& cgroup) {
    const std::string mount = os::exists("/sys/fs/cgroup/cgroup.controllers")
                                  ? "/sys/fs/cgroup"
                                  : os::cgroup_v1_mount("pids");
    if (mount.empty()) {
        return {};
    }
    return os::write_file(mount + cgroup + "/pids.max", "max");
}

Result<> set_frozen(const std::string& cgroup, bool frozen) {
    if (os::exists("/sys/fs/cgroup/cgroup.controllers")) {
        return os::write_file("/sys/fs/cgroup" + cgroup + "/cgroup.freeze", frozen ? "1" : "0");
    }
    const std::string mount = os::cgroup_v1_mount("freezer");
    if (mount.empty()) {
        return fail(ErrorKind::unsupported, "this machine has no freezer control group");
    }
    return os::write_file(mount + cgroup + "/freezer.state", frozen ? "FROZEN" : "THAWED");
}

bool is_frozen(const std::string& cgroup) {
    const bool v2 = os::exists("/sys/fs/cgroup/cgroup.controllers");
    const auto text =
        v2 ? os::read_file("/sys/fs/cgroup" + cgroup + "/cgroup.freeze")
           : os::read_file(os::cgroup_v1_mount("freezer") + cgroup + "/freezer.state");
    return text && (v2 ? text->starts_with('1') : !text->starts_with("THAWED"));
}

}  // namespace wherry::containers
