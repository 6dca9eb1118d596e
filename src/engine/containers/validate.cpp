#include "engine/containers/validate.hpp"

#include "base/text.hpp"
#include "engine/containers/capabilities.hpp"
#include "engine/containers/ceilings.hpp"
#include "engine/containers/ports.hpp"
#include "engine/containers/security_options.hpp"
#include "engine/containers/signal.hpp"
#include "os/socket.hpp"

namespace wherry::containers {

namespace {

Error invalid(std::string text) {
    return {ErrorKind::invalid, std::move(text)};
}

Result<> check_health(const std::optional<api::HealthConfig>& health) {
    if (!health) {
        return {};
    }
    constexpr std::int64_t shortest = 1'000'000;  // 1 ms
    const auto too_short = [](std::int64_t value) { return value != 0 && value < shortest; };
    if (too_short(health->interval)) {
        return invalid("Interval in Healthcheck cannot be less than 1ms");
    }
    if (too_short(health->timeout)) {
        return invalid("Timeout in Healthcheck cannot be less than 1ms");
    }
    if (too_short(health->start_period)) {
        return invalid("StartPeriod in Healthcheck cannot be less than 1ms");
    }
    if (too_short(health->start_interval)) {
        return invalid("StartInterval in Healthcheck cannot be less than 1ms");
    }
    if (health->retries < 0) {
        return invalid("Retries in Healthcheck cannot be negative");
    }
    return {};
}

Result<> check_config(const api::ContainerConfig& config) {
    if (!config.working_dir.empty() && !config.working_dir.starts_with('/')) {
        return invalid(
            text::format("the working directory '{}' is invalid, it needs to be an absolute path",
                         config.working_dir));
    }
    if (!config.stop_signal.empty()) {
        CHECK_OK(parse_signal(config.stop_signal));
    }
    for (const std::string& entry : config.env) {
        if (entry.empty() || entry.front() == '=') {
            return invalid(text::format("invalid environment variable: {}", entry));
        }
    }
    return check_health(config.healthcheck);
}

bool is_container_mode(const std::string& mode) {
    return mode.starts_with("container:") && mode.size() > 10;
}

Result<> check_modes(const api::HostConfig& host) {
    const std::string& ipc = host.ipc_mode;
    if (!ipc.empty() && !ipc.starts_with("container:") && ipc != "none" && ipc != "private" &&
        ipc != "shareable" && ipc != "host") {
        return invalid(text::format("invalid IPC mode: {}", ipc));
    }
    if (!host.pid_mode.empty() && host.pid_mode != "host" && !is_container_mode(host.pid_mode)) {
        return invalid(text::format("invalid PID mode: {}", host.pid_mode));
    }
    if (!host.uts_mode.empty() && host.uts_mode != "host") {
        return invalid(text::format("invalid UTS mode: {}", host.uts_mode));
    }
    if (!host.cgroupns_mode.empty() && host.cgroupns_mode != "private" &&
        host.cgroupns_mode != "host") {
        return invalid(text::format("invalid cgroup namespace mode: {}", host.cgroupns_mode));
    }
    return {};
}

Error conflicting(std::string_view what) {
    return invalid(text::format("conflicting options: {}", what));
}

/// What a container cannot have of its own in another's network, or on the host's.
Result<> check_network_conflicts(const api::ContainerCreateRequest& request) {
    const api::HostConfig& host = request.host_config;
    if (host.uts_mode == "host" && !request.hostname.empty()) {
        return conflicting("hostname and the UTS mode");
    }
    if (host.network_mode == "host" && !host.links.empty()) {
        return conflicting(
            "host type networking can't be used with links. This would result in undefined "
            "behavior");
    }
    if (!host.network_mode.starts_with("container:")) {
        return {};
    }
    if (!is_container_mode(host.network_mode)) {
        return invalid("invalid network mode: invalid container format container:<name|id>");
    }
    if (!request.hostname.empty()) {
        return conflicting("hostname and the network mode");
    }
    if (!host.links.empty()) {
        return conflicting(
            "container type network can't be used with links. This would result in undefined "
            "behavior");
    }
    if (!host.dns.empty()) {
        return conflicting("dns and the network mode");
    }
    if (!host.extra_hosts.empty()) {
        return conflicting("custom host-to-IP mapping and the network mode");
    }
    if (!host.port_bindings.empty() || host.publish_all_ports) {
        return conflicting("port publishing and the container type network mode");
    }
    if (!request.exposed_ports.empty()) {
        return conflicting("port exposing and the container type network mode");
    }
    return {};
}

Result<> check_extra_hosts(const api::List<std::string>& entries) {
    for (const std::string& entry : entries) {
        const auto parts = text::cut(entry, ":");
        if (!parts || parts->first.empty()) {
            return invalid(text::format("bad format for add-host: \"{}\"", entry));
        }
        if (parts->second != "host-gateway" && !os::is_address(std::string(parts->second))) {
            return invalid(text::format("invalid IP address in add-host: \"{}\"", parts->second));
        }
    }
    return {};
}

Result<> check_capabilities(const api::HostConfig& host) {
    const auto check = [&](const api::List<std::string>& list, const char* what) -> Result<> {
        auto chosen = choose_capabilities(list, {}, false);
        if (!chosen) {
            return std::move(chosen).error().in(what);
        }
        return {};
    };
    CHECK_OK(check(host.cap_add, "invalid CapAdd"));
    return check(host.cap_drop, "invalid CapDrop");
}

Result<> check_host(const api::ContainerCreateRequest& request) {
    const api::HostConfig& host = request.host_config;
    CHECK_OK(validate_restart_policy(host.restart_policy, host.auto_remove));
    CHECK_OK(check_network_conflicts(request));
    CHECK_OK(check_extra_hosts(host.extra_hosts));
    for (const auto& [key, value] : host.annotations) {
        if (key.empty()) {
            return invalid(
                "invalid Annotations: the empty string is not permitted as an annotation key");
        }
    }
    TRY(const auto ports, port_requests(request, host));
    CHECK_OK(check_capabilities(host));
    if (!host.isolation.empty() && host.isolation != "default") {
        return invalid(
            text::format("invalid isolation ({}): linux only supports 'default'", host.isolation));
    }
    if (host.shm_size < 0) {
        return invalid("SHM size can not be less than 0");
    }
    if (host.oom_score_adj < -1000 || host.oom_score_adj > 1000) {
        return invalid(text::format("Invalid value {}, range for oom score adj is [-1000, 1000]",
                                    host.oom_score_adj));
    }
    return check_modes(host);
}

Result<> check_storage(const api::Map<std::string>& options) {
    for (const auto& [name, value] : options) {
        if (name != "size") {
            return fail(ErrorKind::internal, "Unknown option {}", name);
        }
        return Error(ErrorKind::internal,
                     "--storage-opt is supported only for overlay over xfs with 'pquota' mount "
                     "option");
    }
    return {};
}

}  // namespace

Result<> validate_restart_policy(const api::RestartPolicy& policy, bool auto_remove) {
    const bool restarts = !policy.name.empty() && policy.name != "no";
    if (auto_remove && restarts) {
        return invalid("can't create 'AutoRemove' container with restart policy");
    }
    const bool counted = policy.name == "on-failure";
    if (restarts && !counted && policy.name != "always" && policy.name != "unless-stopped") {
        return invalid(text::format(
            "invalid restart policy: unknown policy '{}'; use one of 'no', 'always', 'on-failure', "
            "or 'unless-stopped'",
            policy.name));
    }
    const bool negative = policy.maximum_retry_count < 0;
    if (counted && negative) {
        return invalid("invalid restart policy: maximum retry count cannot be negative");
    }
    if (!counted && policy.maximum_retry_count != 0) {
        return invalid(
            text::format("invalid restart policy: maximum retry count can only be used with "
                         "'on-failure'{}",
                         negative ? " and cannot be negative" : ""));
    }
    return {};
}

Result<> validate(const api::ContainerCreateRequest& request, const Abilities& abilities,
                  std::vector<std::string>& warnings) {
    const api::HostConfig& host = request.host_config;
    CHECK_OK(check_config(request));
    CHECK_OK(check_host(request));
    CHECK_OK(check_storage(host.storage_opt));
    TRY(const auto security, parse_security_options(host.security_opt));
    if (!host.runtime.empty() && !abilities.runtimes.contains(host.runtime)) {
        return invalid(text::format("unknown or invalid runtime name: {}", host.runtime));
    }
    if (host.network_mode == "host" && !host.port_bindings.empty()) {
        warnings.emplace_back("Published ports are discarded when using host network mode");
    }
    for (std::string& warning : ceiling_warnings(host, abilities.ceilings)) {
        warnings.push_back(std::move(warning));
    }
    return {};
}

}  // namespace wherry::containers
