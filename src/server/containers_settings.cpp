#include "server/containers_settings.hpp"

#include "base/log.hpp"
#include "base/text.hpp"
#include "engine/containers/cgroup_setup.hpp"
#include "engine/containers/log_options.hpp"
#include "os/apparmor.hpp"
#include "os/cgroup.hpp"
#include "os/file.hpp"
#include "os/host.hpp"
#include "os/search_path.hpp"

namespace wherry::server {

namespace {

Result<std::string> find_monitor(const EngineConfig& config) {
    const std::string path = config.monitor_program.empty()
                                 ? os::program_folder() + "/wherry-monitor"
                                 : config.monitor_program;
    std::string found = os::find_program(path);
    if (found.empty() && config.monitor_program.empty()) {
        found = os::find_program("wherry-monitor");
    }
    if (found.empty()) {
        return fail(ErrorKind::invalid, "{} is not there: containers need it", path);
    }
    return found;
}

/// Debian's tini-static is one file without libraries, which any root can run.
std::string find_init(const EngineConfig& config) {
    if (!config.init_program.empty()) {
        return os::find_program(config.init_program);
    }
    for (const char* name : {"tini-static", "docker-init"}) {
        if (std::string found = os::find_program(name); !found.empty()) {
            return found;
        }
    }
    return {};
}

void prepare_machine() {
    const auto setup = containers::prepare_cgroups();
    if (!setup) {
        log::warn("control groups: {}", setup.error().message());
        return;
    }
    for (const std::string& controller : setup->mounted) {
        log::info("control groups: the v1 hierarchy of {} was missing and is mounted now",
                  controller);
    }
    for (const std::string& left : setup->left) {
        log::warn("control groups: {}", left);
    }
    const auto favored = os::favor_group_changes();
    if (!favored) {
        log::info("control groups: starts wait for the kernel: {}", favored.error().message());
    } else if (*favored) {
        log::info("control groups: favordynmods is set, so that starts need not wait");
    }
}

api::HostConfigLogConfig default_log(const containers::Defaults& defaults) {
    api::HostConfigLogConfig log;
    log.type = defaults.log_driver;
    log.config = defaults.log_options;
    return log;
}

/// Mounts can be made read-only with all that is below them since Linux 5.12 (mount_setattr(2)).
bool has_recursive_read_only(const std::string& kernel) {
    const auto parts = text::split(kernel, '.');
    const int major = text::parse_int<int>(parts[0]).value_or(0);
    const int minor = parts.size() > 1 ? text::parse_int<int>(parts[1]).value_or(0) : 0;
    return major > 5 || (major == 5 && minor >= 12);
}

/// What a container may be bound to: "0-3" of the root group, or of the machine.
std::string available(const char* what, const char* machine) {
    const std::string v1 = os::cgroup_v1_mount("cpuset");
    const std::string group = v1.empty() ? text::format("/sys/fs/cgroup/cpuset.{}.effective", what)
                                         : text::format("{}/cpuset.{}", v1, what);
    for (const std::string& path : {group, std::string(machine)}) {
        if (const auto list = os::read_file(path); list && !text::trim(*list).empty()) {
            return std::string(text::trim(*list));
        }
    }
    return "";
}

using Runtimes = std::map<std::string, containers::Runtime>;

/// Installed ones, those of the configuration, and the default.
Result<Runtimes> find_runtimes(const EngineConfig& config, const RuntimeFacts& chosen) {
    Runtimes out;
    const auto add = [&](const std::string& name, std::string program) {
        containers::Runtime& runtime = out[name];
        runtime.program = std::move(program);
        if (runtime.program.ends_with("/crun")) {
            // It would ask systemd where it can.
            runtime.arguments = {"--cgroup-manager=cgroupfs"};
        }
    };
    for (const char* name : {"crun", "runc"}) {
        if (std::string found = os::find_program(name); !found.empty()) {
            add(name, std::move(found));
        }
    }
    add(chosen.name, chosen.program);
    for (const EngineConfig::RuntimeEntry& entry : config.runtimes) {
        std::string found = os::find_program(entry.path);
        if (found.empty()) {
            return fail(ErrorKind::invalid, "runtime {}: {} is not there", entry.name, entry.path);
        }
        add(entry.name, std::move(found));
        auto& arguments = out[entry.name].arguments;
        arguments.insert(arguments.end(), entry.arguments.begin(), entry.arguments.end());
    }
    if (const auto runc = out.find("runc"); runc != out.end()) {
        out["io.containerd.runc.v2"] = runc->second;  // what containerd calls it
    }
    return out;
}

}  // namespace

Result<containers::Settings> containers_settings(const EngineConfig& config,
                                                 const RuntimeFacts& runtime) {
    if (config.prepare_cgroups) {
        prepare_machine();
    }
    containers::Settings settings;
    TRY(settings.monitor_program, find_monitor(config));
    settings.init_program = find_init(config);
    const os::HostFacts host = os::host_facts();
    settings.abilities.cgroup = os::cgroup_features();
    settings.abilities.cpus = host.cpus;
    TRY(settings.abilities.runtimes, find_runtimes(config, runtime));
    settings.defaults.runtime = runtime.name;
    settings.defaults.shm_bytes = config.default_shm_bytes;
    settings.defaults.log_driver = config.log_driver;
    for (const auto& [name, value] : config.log_options) {
        settings.defaults.log_options[name] = value;
    }
    if (auto checked = containers::check_log_config(default_log(settings.defaults)); !checked) {
        return std::move(checked).error().in("failed to set log opts");
    }
    settings.defaults.cgroupns_mode = settings.abilities.cgroup.version == 2 ? "private" : "host";
    settings.dns = config.dns;
    settings.dns_search = config.dns_search;
    settings.dns_options = config.dns_options;
    settings.host_name = host.name;
    settings.kernel = host.kernel_version;
    settings.go_arch = os::go_architecture(host.machine);
    settings.crun = runtime.is_crun ? runtime.name : "";
    settings.seccomp_bpf = config.seccomp_bpf;
    settings.abilities.ceilings = os::limit_ceilings();
    settings.abilities.cpu_list = available("cpus", "/sys/devices/system/cpu/online");
    settings.abilities.memory_list = available("mems", "/sys/devices/system/node/online");
    settings.abilities.apparmor = os::has_apparmor();
    settings.recursive_read_only = has_recursive_read_only(settings.kernel);
    return settings;
}

}  // namespace wherry::server
