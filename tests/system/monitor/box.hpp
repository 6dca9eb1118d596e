// A place to run containers through a MonitorClient: its own state folder, mounts, cgroup and
// runtime root; everything is gone with it.
#pragma once

#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "codec/logfile/reader.hpp"
#include "engine/containers/cgroup_setup.hpp"
#include "engine/containers/monitor_client.hpp"
#include "net/async/loop.hpp"
#include "os/cgroup.hpp"
#include "os/file.hpp"
#include "os/mount.hpp"
#include "os/process.hpp"
#include "os/socket.hpp"
#include "support/temp_dir.hpp"

namespace wherry::containers {

/// What differs from one test container to another.
struct Recipe {
    std::vector<std::string> args;
    bool terminal = false;
    bool open_stdin = false;
    bool stdin_once = false;
    bool host_pids = false;
    bool own_network = false;
    bool runtime_deletes = false;  ///< instead of the monitor
    std::uint64_t memory_bytes = 0;
    wire::LogPlan log;
};

class Box {
  public:
    Box() {
        ok_ = os::bind_private(dir_.path()).ok() && os::make_dirs(dir_ / "layers/a").ok() &&
              os::make_dirs(dir_ / "layers/b").ok() &&
              os::write_file(dir_ / "layers/a/guest", os::read_file(WHERRY_GUEST).value(), 0755)
                  .ok() &&
              os::write_file(dir_ / "layers/b/plain", "text", 0644).ok();
    }
    Box(const Box&) = delete;
    Box& operator=(const Box&) = delete;
    ~Box() {
        (void)os::remove_cgroup(cgroup_root());
        (void)os::unmount(dir_.path(), true);
    }

    [[nodiscard]] bool ok() const noexcept { return ok_; }
    [[nodiscard]] std::string run_folder(const std::string& id) const { return dir_ / id; }
    [[nodiscard]] std::string log_path(const std::string& id) const { return dir_ / (id + ".log"); }
    [[nodiscard]] std::string control(const std::string& id) const {
        return run_folder(id) + "/control";
    }
    [[nodiscard]] static std::string cgroup_root() {
        return text::format("/wherry-test-{}", ::getpid());
    }
    [[nodiscard]] static std::string cgroup(const std::string& id) {
        return cgroup_root() + "/" + id;
    }

    Result<> write_bundle(const std::string& id, const Recipe& recipe) {
        const std::string folder = run_folder(id);
        for (const auto& sub : {"/rootfs", "/upper", "/work"}) {
            CHECK_OK(os::make_dirs(folder + sub));
        }
        return os::write_file(folder + "/config.json", config(id, recipe));
    }

    LaunchPlan launch_plan(const std::string& id) {
        return {WHERRY_MONITOR, run_folder(id), control(id), id};
    }

    wire::StartRequest start_request(const std::string& id, const Recipe& recipe) {
        const std::string folder = run_folder(id);
        wire::StartRequest start;
        start.container_id = id;
        start.runtime = "crun";
        start.runtime_root = dir_ / "crun";
        start.runtime_state = recipe.runtime_deletes ? "" : dir_ / ("crun/" + id);
        start.bundle = folder;
        start.overlay = {
            dir_ / "layers", {"b", "a"}, folder + "/upper", folder + "/work", folder + "/rootfs"};
        start.terminal = recipe.terminal;
        start.console_height = 30;
        start.console_width = 90;
        start.open_stdin = recipe.open_stdin;
        start.stdin_once = recipe.stdin_once;
        start.log = recipe.log;
        if (start.log.path.empty()) {
            start.log.driver = wire::LogDriver::json_file;
            start.log.path = log_path(id);
        }
        start.exit_record = folder + "/exit";
        start.pid_file = folder + "/pid";
        start.cgroup = cgroup(id);
        return start;
    }

    /// All records of a container's log: "stdout:text" each.
    std::vector<std::string> log(const std::string& id) {
        std::vector<std::string> out;
        logfile::Record record;
        auto reader = logfile::Reader::open(log_path(id), {});
        while (reader && reader->next(record).value()) {
            out.push_back(std::string(logfile::name(record.stream)) + ":" + record.log);
        }
        return out;
    }

  private:
    static std::string config(const std::string& id, const Recipe& recipe) {
        std::string args;
        for (const auto& arg : recipe.args) {
            args += (args.empty() ? "\"" : ",\"") + arg + "\"";
        }
        std::string namespaces = R"({"type":"mount"},{"type":"ipc"},{"type":"uts"})";
        if (!recipe.host_pids) {
            namespaces += R"(,{"type":"pid"})";
        }
        namespaces += recipe.own_network ? text::format(R"(,{"type":"network","path":"{}"})",
                                                        wire::network_namespace_token)
                                         : std::string(R"(,{"type":"network"})");
        const std::string memory =
            recipe.memory_bytes == 0
                ? ""
                : text::format(R"(,"resources":{"memory":{"limit":{},"swap":{}}})",
                               recipe.memory_bytes, recipe.memory_bytes);
        return text::format(
            R"({"ociVersion":"1.0.2","process":{"terminal":{},"consoleSize":{"height":30,"width":90},"user":{"uid":0,"gid":0},"args":[{}],)"
            R"("env":["PATH=/"],"cwd":"/","capabilities":{"bounding":[],"effective":[],"permitted":[]}},)"
            R"("root":{"path":"rootfs"},"hostname":"box","mounts":[)"
            R"({"destination":"/proc","type":"proc","source":"proc"},)"
            R"({"destination":"/dev","type":"tmpfs","source":"tmpfs","options":["nosuid"]},)"
            R"({"destination":"/dev/pts","type":"devpts","source":"devpts","options":["newinstance","ptmxmode=0666"]}],)"
            R"("linux":{"cgroupsPath":"{}","namespaces":[{}]{}}})",
            recipe.terminal, args, cgroup(id), namespaces, memory);
    }

    test::TempDir dir_;
    bool ok_ = false;
};

}  // namespace wherry::containers
