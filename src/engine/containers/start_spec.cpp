// What a run's processes are: the runtime's specification of the container, of what is started
// beside its payload, and of its health probe. Pure.
#include <algorithm>
#include <iterator>

#include "base/text.hpp"
#include "engine/containers/exec.hpp"
#include "engine/containers/health.hpp"
#include "engine/containers/mounts.hpp"
#include "engine/containers/start_plan.hpp"
#include "engine/containers/sysctls.hpp"

namespace wherry::containers {

namespace {

/// `owner`: the container that has the files, or "" for itself.
std::vector<PlannedMount> own_files(const Record& record, const store::Layout& layout,
                                    const std::string& owner) {
    const std::string folder = layout.container(owner.empty() ? record.id : owner);
    const std::vector<std::string> options = {"rbind", record.host.readonly_rootfs ? "ro" : "rw",
                                              "rprivate"};
    return {{"bind", folder + "/resolv.conf", "/etc/resolv.conf", options},
            {"bind", folder + "/hostname", "/etc/hostname", options},
            {"bind", folder + "/hosts", "/etc/hosts", options}};
}

NamespacePlan namespaces(const Record& record, const Joined& joined, bool host_network) {
    const auto place = [](const std::string& mode, const std::string& path = "") {
        return mode == "host" ? std::string("host") : path;
    };
    NamespacePlan plan;
    plan.network = host_network ? "host" : std::string(wire::network_namespace_token);
    plan.pid = place(record.host.pid_mode, joined.pid_namespace);
    plan.ipc = place(record.host.ipc_mode, joined.ipc_namespace);
    plan.uts = place(record.host.uts_mode);
    plan.cgroup = place(record.host.cgroupns_mode);
    return plan;
}

/// The links' variables, each replaced where the container sets it.
std::vector<std::string> environment(const Record& record, const Joined& joined) {
    const auto name_of = [](std::string_view entry) { return entry.substr(0, entry.find('=')); };
    std::vector<std::string> out;
    for (const LinkTarget& link : joined.links) {
        for (const std::string& variable : link.variables) {
            const bool own = std::ranges::any_of(record.config.env, [&](const std::string& entry) {
                return name_of(entry) == name_of(variable);
            });
            if (!own) {
                out.push_back(variable);
            }
        }
    }
    out.insert(out.end(), record.config.env.begin(), record.config.env.end());
    return out;
}

/// Devices, and what those that were requested bring with them.
void put_devices(SpecInput& input, RunDevices devices) {
    input.devices = std::move(devices.devices);
    input.block_limits = std::move(devices.block_limits);
    DeviceEdits& edits = devices.edits;
    for (PlannedDevice& device : edits.devices) {
        input.devices.push_back(std::move(device));
    }
    input.env.insert(input.env.end(), edits.env.begin(), edits.env.end());
    input.mounts = std::move(edits.mounts);
    input.hooks = std::move(edits.hooks);
    auto& gids = input.identity.additional_gids;
    gids.insert(gids.end(), edits.additional_gids.begin(), edits.additional_gids.end());
}

/// The interface's switches among the container's: its only one is eth0.
api::HostConfig with_endpoint_sysctls(const Record& record) {
    constexpr std::string_view placeholder = "IFNAME";
    api::HostConfig host = record.host;
    const auto endpoint = record.endpoints.find(host.network_mode);
    if (endpoint == record.endpoints.end()) {
        return host;
    }
    const auto& options = endpoint->second.driver_opts;
    const auto list = options.find("com.docker.network.endpoint.sysctls");
    if (list == options.end()) {
        return host;
    }
    for (const auto entry : text::split(list->second, ',')) {
        const auto parts = text::cut(entry, "=");
        const auto at = parts ? parts->first.find(placeholder) : std::string_view::npos;
        if (at != std::string_view::npos) {
            std::string name(parts->first);
            host.sysctls[name.replace(at, placeholder.size(), "eth0")] = parts->second;
        }
    }
    return host;
}

/// In front of what the runtime says, or would say.
std::string runtime_refusal(const Record& record) {
    return text::format(
        "failed to create task for container: failed to create shim task: OCI runtime create "
        "failed: {} create failed",
        record.host.runtime);
}

}  // namespace

Result<BuiltSpec> plan_spec(const Record& record, const Settings& settings,
                            const store::Layout& layout, RunFacts facts) {
    const Joined& joined = facts.joined;
    if (auto allowed = check_sysctls(record.host); !allowed) {
        return std::move(allowed).error().in(runtime_refusal(record));
    }
    const api::HostConfig host = with_endpoint_sysctls(record);
    SpecInput input{.config = record.config, .host = host};
    input.id = record.id;
    input.hostname = record.config.hostname;
    input.args.push_back(record.path);
    input.args.insert(input.args.end(), record.args.begin(), record.args.end());
    input.env = environment(record, joined);
    input.identity = std::move(facts.prepared.identity);
    put_devices(input, std::move(facts.prepared.devices));
    const RuntimeMountPlan mounts{.run_folder = layout.run(record.id),
                                  .recursive_read_only = settings.recursive_read_only,
                                  .files = std::move(facts.prepared.files)};
    TRY(auto own_mounts, runtime_mounts(record.mounts, record.host, mounts));
    input.mounts.insert(input.mounts.end(), std::make_move_iterator(own_mounts.begin()),
                        std::make_move_iterator(own_mounts.end()));
    const auto files = own_files(record, layout, joined.network_owner);
    for (const PlannedMount& file : files) {
        // A container may bring its own.
        const bool own = std::ranges::any_of(input.mounts, [&](const PlannedMount& mount) {
            return mount.destination == file.destination;
        });
        if (!own) {
            input.mounts.push_back(file);
        }
    }
    input.namespaces = namespaces(record, joined, facts.host_network);
    input.own_network = !facts.host_network && joined.network_owner.empty();
    input.shared_memory = joined.shared_memory;
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
    input.ceilings = settings.abilities.ceilings;
    input.apparmor = settings.abilities.apparmor;
    input.seccomp = std::move(facts.seccomp);
    return build_spec(input);
}

Result<BuiltProcess> plan_process(const Record& record, const Settings& settings,
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
    input.ceilings = settings.abilities.ceilings;
    input.apparmor = settings.abilities.apparmor;
    TRY(auto built, build_process(input, exec.privileged));
    if (record.host.runtime != settings.crun) {
        built.launch.clear();  // another runtime may do more than join namespaces
    }
    return built;
}

Result<BuiltProcess> plan_probe(const Record& record, const Settings& settings,
                                const Identity& identity) {
    api::ExecCreateRequest probe;
    probe.cmd = probe_command(record.config);
    probe.working_dir = record.config.working_dir;
    return probe.cmd.empty() ? Result<BuiltProcess>(BuiltProcess())
                             : plan_process(record, settings, probe, identity);
}

}  // namespace wherry::containers
