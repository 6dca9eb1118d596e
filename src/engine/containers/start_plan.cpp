#include "engine/containers/start_plan.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "engine/containers/apparmor_profile.hpp"
#include "engine/containers/health.hpp"
#include "engine/containers/mounts.hpp"
#include "engine/containers/ports.hpp"

namespace wherry::containers {

namespace {

void plan_source(const MountRecord& mount, RunPreparation& plan) {
    if (mount.create_source) {
        plan.sources_to_make.push_back(mount.source);
    }
    plan.sources.push_back(mount.source);
    if (mount.propagation == "shared" || mount.propagation == "rshared") {
        plan.shared_sources.push_back(mount.source);
    } else if (mount.propagation == "slave" || mount.propagation == "rslave") {
        plan.slave_sources.push_back(mount.source);
    }
}

std::vector<RunMount> plan_run_mounts(const Record& record, const std::string& run,
                                      const RunImages& images) {
    std::vector<RunMount> out;
    if (record.host.ipc_mode == "shareable") {
        out.push_back({.kind = RunMount::Kind::shared_memory,
                       .place = shared_memory_place(run),
                       .bytes = record.host.shm_size});
    }
    for (std::size_t number = 0; number < record.mounts.size(); ++number) {
        const MountRecord& mount = record.mounts[number];
        if (!is_run_mount(mount)) {
            continue;
        }
        RunMount made{.kind = RunMount::Kind::subpath,
                      .place = run_mount_place(run, number),
                      .source = mount.source,
                      .subpath = mount.subpath};
        if (mount.type == "image") {
            made.kind = RunMount::Kind::image;
            if (const auto at = images.mounted.find(mount.image_id); at != images.mounted.end()) {
                made.lowers = at->second;
            }
        }
        out.push_back(std::move(made));
    }
    return out;
}

}  // namespace

bool has_run_mounts(const Record& record) {
    return record.host.ipc_mode == "shareable" || std::ranges::any_of(record.mounts, is_run_mount);
}

RunPreparation plan_preparation(const Record& record, const store::Layout& layout,
                                const Settings& settings, const RunImages& images) {
    RunPreparation plan;
    plan.run_folder = layout.run(record.id);
    plan.upper = layout.container_upper(record.id);
    plan.lowers = images.root.paths();
    plan.user = record.config.user;
    plan.extra_groups = record.host.group_add;
    for (const MountRecord& mount : record.mounts) {
        if (mount.type == "bind") {
            plan_source(mount, plan);
        }
    }
    plan.mounts = plan_run_mounts(record, plan.run_folder, images);
    plan.devices = {.privileged = record.host.privileged,
                    .resources = record.host,
                    .cdi_folders = settings.cdi_folders};
    plan.apparmor_profile = confining_profile(record.host, settings.abilities.apparmor);
    return plan;
}

Result<networks::EndpointRequest> plan_endpoint(const Record& record, const Settings& settings) {
    networks::EndpointRequest request;
    request.container_id = record.id;
    request.container_name = record.name;
    request.network = record.config.network_disabled ? "none" : record.host.network_mode;
    request.hostname = record.config.hostname;
    request.domainname = record.config.domainname;
    request.mac_address = record.config.mac_address;
    if (const auto at = record.endpoints.find(record.host.network_mode);
        at != record.endpoints.end()) {
        if (!at->second.mac_address.empty()) {
            request.mac_address = at->second.mac_address;
        }
        if (at->second.ipam_config) {
            request.ipv4_address = at->second.ipam_config->ipv4_address;
            request.ipv6_address = at->second.ipam_config->ipv6_address;
        }
    }
    const auto choose = [](const api::List<std::string>& own, const std::vector<std::string>& all) {
        return own.empty() ? all : std::vector<std::string>(own.begin(), own.end());
    };
    request.dns = choose(record.host.dns, settings.dns);
    request.dns_search = choose(record.host.dns_search, settings.dns_search);
    request.dns_options = choose(record.host.dns_options, settings.dns_options);
    request.extra_hosts = record.host.extra_hosts;
    if (request.network != "host" && request.network != "none") {
        TRY(request.ports, port_requests(record.config, record.host));
    }
    return request;
}

std::string cgroup_path(const Record& record) {
    const std::string& parent = record.host.cgroup_parent;
    if (parent.empty()) {
        return text::format("{}/{}", cgroup_parent, record.id);
    }
    return text::format("{}{}/{}", parent.starts_with('/') ? "" : "/", parent, record.id);
}

namespace {

wire::HealthPlan plan_health(const Record& record, const std::string& run) {
    wire::HealthPlan plan;
    const api::List<std::string> command = probe_command(record.config);
    if (command.empty()) {
        return plan;
    }
    const api::HealthConfig& health = *record.config.healthcheck;
    plan.process = run + probe_file;
    plan.launch = run + probe_launch_file;
    plan.program = command.front();
    plan.interval = health.interval;
    plan.timeout = health.timeout;
    plan.start_period = health.start_period;
    plan.start_interval = health.start_interval;
    plan.retries = static_cast<std::int32_t>(health.retries);
    return plan;
}

}  // namespace

wire::StartRequest plan_start(const Record& record, const Settings& settings,
                              const store::Layout& layout, const images::RootFs& root) {
    const std::string run = layout.run(record.id);
    wire::StartRequest request;
    request.container_id = record.id;
    const auto runtime = settings.abilities.runtimes.find(record.host.runtime);
    request.runtime = record.host.runtime;
    if (runtime != settings.abilities.runtimes.end()) {
        request.runtime = runtime->second.program;
        request.runtime_arguments = runtime->second.arguments;
    }
    request.runtime_root = layout.runtime_root();
    request.bundle = run;
    request.overlay = {.base = root.base,
                       .lowers = root.lowers,
                       .upper = layout.container_upper(record.id),
                       .work = layout.container_work(record.id),
                       .target = run + "/rootfs"};
    request.terminal = record.config.tty;
    request.console_height = static_cast<std::uint32_t>(record.host.console_size.at(0));
    request.console_width = static_cast<std::uint32_t>(record.host.console_size.at(1));
    request.open_stdin = record.config.open_stdin;
    request.stdin_once = record.config.stdin_once;
    request.health = plan_health(record, run);
    request.unsynced = record.host.auto_remove;
    request.exit_record = run + "/exit";
    request.pid_file = run + "/pid";
    request.cgroup = cgroup_path(record);
    request.init = record.host.init.value_or(false);
    if (record.host.runtime == settings.crun) {
        request.runtime_state = request.runtime_root + "/" + record.id;
    }
    return request;
}

namespace {

/// A folder is no program: crun opens it and is refused with EPERM, the reference with EACCES.
wire::FailureCode failure_code(const StartFailure& failure) {
    const bool is_folder =
        failure.text.find("open executable: Operation not permitted") != std::string::npos;
    return is_folder ? wire::FailureCode::permission : failure.code;
}

}  // namespace

StartError start_error(const Record& record, const StartFailure& failure, const Error& error) {
    constexpr const char* prefix =
        "failed to create task for container: failed to create shim task: OCI runtime create "
        "failed: ";
    const auto exec_error = [&](std::string_view why) {
        return text::format(
            "{}{} create failed: unable to start container process: exec: \"{}\": {}", prefix,
            record.host.runtime, record.path, why);
    };
    const bool has_slash = record.path.find('/') != std::string::npos;
    switch (failure_code(failure)) {
        case wire::FailureCode::not_found:
            return {Error(ErrorKind::invalid,
                          exec_error(has_slash ? text::format("stat {}: no such file or directory",
                                                              record.path)
                                               : "executable file not found in $PATH")),
                    127};
        case wire::FailureCode::permission:
            return {Error(ErrorKind::invalid, exec_error("permission denied")), 126};
        case wire::FailureCode::not_directory:
            return {
                Error(ErrorKind::invalid, text::format("{}{} create failed: {}: not a directory",
                                                       prefix, record.host.runtime, failure.text)),
                127};
        default:
            break;
    }
    if (failure.text.starts_with("failed to initialize logging driver")) {
        return {fail(ErrorKind::internal, "failed to create task for container: {}", failure.text),
                128};
    }
    if (!failure.text.empty()) {
        return {Error(ErrorKind::internal, text::format("{}{} create failed: {}", prefix,
                                                        record.host.runtime, failure.text)),
                128};
    }
    return {error, 128};
}

}  // namespace wherry::containers
