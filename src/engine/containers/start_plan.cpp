#include "engine/containers/start_plan.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "engine/containers/exec.hpp"
#include "engine/containers/health.hpp"
#include "engine/containers/mounts.hpp"
#include "engine/containers/ports.hpp"

namespace wherry::containers {

RunPreparation plan_preparation(const Record& record, const store::Layout& layout,
                                const images::RootFs& root) {
    RunPreparation plan;
    plan.run_folder = layout.run(record.id);
    plan.upper = layout.container_upper(record.id);
    plan.lowers = root.paths();
    plan.user = record.config.user;
    plan.extra_groups = record.host.group_add;
    for (const MountRecord& mount : record.mounts) {
        if (mount.type != "bind") {
            continue;
        }
        if (mount.create_source) {
            plan.sources_to_make.push_back(mount.source);
        }
        plan.sources.push_back(mount.source);
    }
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
        return "/wherry/" + record.id;
    }
    return text::format("{}{}/{}", parent.starts_with('/') ? "" : "/", parent, record.id);
}

namespace {

std::vector<PlannedMount> own_files(const Record& record, const store::Layout& layout) {
    const std::string folder = layout.container(record.id);
    const std::vector<std::string> options = {"rbind", record.host.readonly_rootfs ? "ro" : "rw",
                                              "rprivate"};
    return {{"bind", folder + "/resolv.conf", "/etc/resolv.conf", options},
            {"bind", folder + "/hostname", "/etc/hostname", options},
            {"bind", folder + "/hosts", "/etc/hosts", options}};
}

NamespacePlan namespaces(const Record& record, bool host_network) {
    const auto place = [](const std::string& mode) { return mode == "host" ? "host" : ""; };
    NamespacePlan plan;
    plan.network = host_network ? "host" : std::string(wire::network_namespace_token);
    plan.pid = place(record.host.pid_mode);
    plan.ipc = place(record.host.ipc_mode);
    plan.uts = place(record.host.uts_mode);
    plan.cgroup = place(record.host.cgroupns_mode);
    return plan;
}

}  // namespace

Result<BuiltSpec> plan_spec(const Record& record, const Settings& settings,
                            const store::Layout& layout, RunFacts facts) {
    SpecInput input{.config = record.config, .host = record.host};
    input.id = record.id;
    input.hostname = record.config.hostname;
    input.args.push_back(record.path);
    input.args.insert(input.args.end(), record.args.begin(), record.args.end());
    input.env = record.config.env;
    input.identity = std::move(facts.identity);
    input.mounts = runtime_mounts(record.mounts, record.host);
    const auto files = own_files(record, layout);
    for (const PlannedMount& file : files) {
        // A container may bring its own.
        const bool own = std::ranges::any_of(input.mounts, [&](const PlannedMount& mount) {
            return mount.destination == file.destination;
        });
        if (!own) {
            input.mounts.push_back(file);
        }
    }
    input.namespaces = namespaces(record, facts.host_network);
    input.cgroups_path = cgroup_path(record);
    if (record.host.init.value_or(false)) {
        if (settings.init_program.empty()) {
            return fail(ErrorKind::internal, "no init program was found for a container with init");
        }
        input.init_program = settings.init_program;
    }
    input.cgroup_v2 = settings.abilities.cgroup.version == 2;
    input.kernel = settings.kernel;
    input.go_arch = settings.go_arch;
    input.nofile_limit = settings.nofile_limit;
    input.seccomp = std::move(facts.seccomp);
    return build_spec(input);
}

Result<std::string> plan_process(const Record& record, const Settings& settings,
                                 const api::ExecCreateRequest& exec, Identity identity) {
    api::ContainerConfig config = record.config;
    config.tty = exec.tty;
    config.working_dir = exec.working_dir;
    api::HostConfig host = record.host;
    host.console_size = exec.console_size;
    SpecInput input{.config = config, .host = host};
    input.id = record.id;
    input.hostname = record.config.hostname;
    input.args = exec.cmd;
    input.env = exec_environment(record.config.env, exec.env);
    input.identity = std::move(identity);
    input.kernel = settings.kernel;
    input.go_arch = settings.go_arch;
    input.nofile_limit = settings.nofile_limit;
    return build_process(input, exec.privileged);
}

Result<std::string> plan_probe(const Record& record, const Settings& settings,
                               const Identity& identity) {
    api::ExecCreateRequest probe;
    probe.cmd = probe_command(record.config);
    probe.working_dir = record.config.working_dir;
    return probe.cmd.empty() ? Result<std::string>(std::string())
                             : plan_process(record, settings, probe, identity);
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
    request.runtime =
        runtime == settings.abilities.runtimes.end() ? record.host.runtime : runtime->second;
    request.runtime_root = layout.runtime_root();
    request.runtime_arguments = {"--cgroup-manager=cgroupfs"};
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
