#include "engine/containers/defaults.hpp"

#include <algorithm>

#include "base/id.hpp"

namespace wherry::containers {

namespace {

std::string_view key_of(std::string_view entry) {
    return entry.substr(0, entry.find('='));
}

void merge_env(api::List<std::string>& env, const api::List<std::string>& image) {
    const std::size_t own = env.size();
    for (const std::string& entry : image) {
        const auto begin = env.begin();
        const bool set =
            std::any_of(begin, begin + static_cast<std::ptrdiff_t>(own),
                        [&](const std::string& mine) { return key_of(mine) == key_of(entry); });
        if (!set) {
            env.push_back(entry);
        }
    }
}

template <class T>
void merge_map(api::Map<T>& map, const api::Map<T>& image) {
    for (const auto& [name, value] : image) {
        map.emplace(name, value);
    }
}

template <class T>
void take_if_zero(T& value, const T& image) {
    if (value == T{}) {
        value = image;
    }
}

void merge_command(api::ContainerConfig& config, const images::oci::RunConfig& image) {
    if (!config.entrypoint.empty()) {
        return;
    }
    if (config.cmd.empty()) {
        config.cmd = image.cmd;
        config.args_escaped = image.args_escaped;
    }
    if (config.entrypoint.is_null()) {
        config.entrypoint = image.entrypoint;
    }
}

void merge_health(std::optional<api::HealthConfig>& own,
                  const std::optional<images::oci::Healthcheck>& image) {
    if (!image) {
        return;
    }
    if (!own) {
        own.emplace();
    }
    if (own->test.empty()) {
        own->test = image->test;
    }
    take_if_zero(own->interval, image->interval);
    take_if_zero(own->timeout, image->timeout);
    take_if_zero(own->start_period, image->start_period);
    take_if_zero(own->start_interval, image->start_interval);
    take_if_zero(own->retries, image->retries);
}

}  // namespace

Result<> merge_image(api::ContainerConfig& config, const images::oci::RunConfig& image) {
    take_if_zero(config.user, image.user);
    merge_map(config.exposed_ports, image.exposed_ports);
    merge_env(config.env, image.env);
    merge_map(config.labels, image.labels);
    merge_map(config.volumes, image.volumes);
    merge_command(config, image);
    merge_health(config.healthcheck, image.healthcheck);
    take_if_zero(config.working_dir, image.working_dir);
    take_if_zero(config.stop_signal, image.stop_signal);
    if (config.shell.empty()) {
        config.shell = image.shell;
    }
    return settle_command(config);
}

Result<> settle_command(api::ContainerConfig& config) {
    if (config.entrypoint.size() == 1 && config.entrypoint.front().empty()) {
        config.entrypoint.set_null();
    }
    if (config.entrypoint.empty() && config.cmd.empty()) {
        return Error(ErrorKind::invalid, "no command specified");
    }
    return {};
}

void fill_config(api::ContainerConfig& config, std::string_view id) {
    if (config.hostname.empty()) {
        config.hostname = short_id(id);
    }
    config.labels.set_present();
}

namespace {

constexpr const char* masked[] = {
    "/proc/asound",     "/proc/acpi",        "/proc/interrupts",
    "/proc/kcore",      "/proc/keys",        "/proc/latency_stats",
    "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug",
    "/proc/scsi",       "/sys/firmware",     "/sys/devices/virtual/powercap"};
constexpr const char* readonly[] = {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys",
                                    "/proc/sysrq-trigger"};

void fill_paths(api::HostConfig& host) {
    if (host.privileged) {
        host.masked_paths.set_null();
        host.readonly_paths.set_null();
        return;
    }
    if (host.masked_paths.is_null()) {
        host.masked_paths.assign(std::begin(masked), std::end(masked));
    }
    if (host.readonly_paths.is_null()) {
        host.readonly_paths.assign(std::begin(readonly), std::end(readonly));
    }
}

void fill_resources(api::HostConfig& host) {
    if (host.memory > 0 && host.memory_swap == 0) {
        host.memory_swap = host.memory * 2;
    }
    if (!host.oom_kill_disable) {
        host.oom_kill_disable = false;
    }
    if (host.memory_swappiness && *host.memory_swappiness == -1) {
        host.memory_swappiness.reset();
    }
}

}  // namespace

void fill_host(api::HostConfig& host, const Defaults& defaults) {
    if (host.network_mode.empty() || host.network_mode == "default") {
        host.network_mode = "bridge";
    }
    take_if_zero(host.restart_policy.name, std::string("no"));
    take_if_zero(host.ipc_mode, std::string("private"));
    take_if_zero(host.cgroupns_mode,
                 host.privileged ? std::string("host") : defaults.cgroupns_mode);
    take_if_zero(host.shm_size, defaults.shm_bytes);
    take_if_zero(host.runtime, defaults.runtime);
    take_if_zero(host.log_config.type, defaults.log_driver);
    if (host.log_config.type == defaults.log_driver) {
        merge_map(host.log_config.config, defaults.log_options);
    }
    host.log_config.config.set_present();
    if (host.console_size.size() != 2) {
        host.console_size = api::List<std::int64_t>{0, 0};
    }
    if (host.privileged || host.pid_mode == "host" || host.ipc_mode == "host") {
        if (host.security_opt.empty()) {
            host.security_opt.push_back("label=disable");
        }
    }
    fill_resources(host);
    fill_paths(host);
}

void fill_endpoints(api::Map<api::EndpointSettings>& endpoints, const api::HostConfig& host) {
    if (auto at = endpoints.find("default"); at != endpoints.end()) {
        endpoints.emplace("bridge", at->second);
        endpoints.erase("default");
    }
    if (!host.network_mode.starts_with("container:")) {
        endpoints.try_emplace(host.network_mode);
    }
}

Command command_of(const api::ContainerConfig& config) {
    std::vector<std::string> all(config.entrypoint.begin(), config.entrypoint.end());
    all.insert(all.end(), config.cmd.begin(), config.cmd.end());
    Command out;
    out.args.set_present();
    if (!all.empty()) {
        out.path = all.front();
        out.args.assign(all.begin() + 1, all.end());
    }
    return out;
}

}  // namespace wherry::containers
