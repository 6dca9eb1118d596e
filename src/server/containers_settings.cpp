#include "server/containers_settings.hpp"

#include <sys/resource.h>

#include "base/log.hpp"
#include "engine/containers/cgroup_setup.hpp"
#include "engine/containers/log_options.hpp"
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

std::uint64_t nofile_limit() {
    rlimit limit{};
    return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_max : 0;
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
    for (const char* name : {"crun", "runc"}) {
        if (std::string found = os::find_program(name); !found.empty()) {
            settings.abilities.runtimes[name] = std::move(found);
        }
    }
    settings.abilities.runtimes[runtime.name] = runtime.program;
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
    settings.nofile_limit = nofile_limit();
    settings.crun = runtime.is_crun ? runtime.name : "";
    settings.seccomp_bpf = config.seccomp_bpf;
    return settings;
}

}  // namespace wherry::server
