#include <cassert>

#include "api/generated/system.hpp"
#include "base/clock.hpp"
#include "engine/containers/containers.hpp"
#include "engine/containers/log_options.hpp"
#include "engine/networks/catalog.hpp"
#include "engine/store/event_log.hpp"
#include "engine/store/store.hpp"
#include "os/host.hpp"
#include "server/build_info.hpp"
#include "server/engine.hpp"
#include "server/reply.hpp"
#include "server/routes/system.hpp"

namespace wherry::server {

namespace {

using Strings = api::List<std::string>;

void put_machine(api::SystemInfo& info) {
    const os::HostFacts host = os::host_facts();
    info.kernel_version = host.kernel_version;
    info.operating_system = host.operating_system;
    info.os_version = host.os_version;
    info.os_type = "linux";
    info.architecture = host.machine;
    info.ncpu = host.cpus;
    info.mem_total = static_cast<std::int64_t>(host.memory_bytes);
    info.name = host.name;
    info.n_fd = os::open_descriptors();
    info.ipv4_forwarding = os::sysctl_on("net/ipv4/ip_forward");
    info.system_time = rfc3339_nano(now());
}

void put_cgroups(api::SystemInfo& info, const os::CgroupFeatures& cgroups) {
    info.memory_limit = cgroups.memory_limit;
    info.swap_limit = cgroups.swap_limit;
    info.cpu_cfs_period = info.cpu_cfs_quota = cgroups.cpu_cfs;
    info.cpu_shares = cgroups.cpu_shares;
    info.cpu_set = cgroups.cpuset;
    info.pids_limit = cgroups.pids_limit;
    info.oom_kill_disable = cgroups.oom_kill_disable;
    info.kernel_memory = info.kernel_memory_tcp = cgroups.kernel_memory_tcp;
    info.cgroup_driver = "cgroupfs";
    info.cgroup_version = cgroups.version == 2 ? "2" : "1";
    const std::pair<bool, const char*> missing[] = {
        {cgroups.memory_limit, "WARNING: No memory limit support"},
        {cgroups.swap_limit, "WARNING: No swap limit support"},
        {cgroups.cpu_cfs, "WARNING: No cpu cfs quota support"},
        {cgroups.cpu_shares, "WARNING: No cpu shares support"},
        {cgroups.cpuset, "WARNING: No cpuset support"},
        {cgroups.pids_limit, "WARNING: No pids limit support"}};
    for (const auto& [present, text] : missing) {
        if (!present) {
            info.warnings.emplace_back(text);
        }
    }
}

void put_security(api::SystemInfo& info, const containers::Abilities& abilities) {
    info.security_options.set_present();
    if (abilities.apparmor) {
        info.security_options.emplace_back("name=apparmor");
    }
    info.security_options.emplace_back("name=seccomp,profile=builtin");
    if (abilities.cgroup.version == 2) {
        info.security_options.emplace_back("name=cgroupns");
    }
}

void put_registries(api::SystemInfo& info, const EngineConfig& config) {
    api::IndexInfo hub;
    hub.name = "docker.io";
    hub.official = hub.secure = true;
    hub.mirrors = Strings::empty_list();
    for (std::string mirror : config.registry_mirrors) {
        if (!mirror.ends_with('/')) {
            mirror.push_back('/');
        }
        hub.mirrors.push_back(std::move(mirror));
    }
    info.registry_config.mirrors = hub.mirrors;
    info.registry_config.index_configs["docker.io"] = std::move(hub);
    info.registry_config.insecure_registry_cidrs = Strings{"::1/128", "127.0.0.0/8"};
    for (const std::string& registry : config.insecure_registries) {
        if (registry.contains('/')) {
            info.registry_config.insecure_registry_cidrs.push_back(registry);
            continue;
        }
        api::IndexInfo index;
        index.name = registry;
        index.mirrors = Strings::empty_list();
        info.registry_config.index_configs[registry] = std::move(index);
    }
    info.index_server_address = "https://index.docker.io/v1/";
}

void put_engine(api::SystemInfo& info, Engine& engine) {
    const EngineConfig& config = engine.config();
    info.id = engine.id();
    info.driver = "overlay2";
    const std::string backing = os::file_system_name(config.data_root);
    const os::OverlayFacts overlay = os::overlay_facts(config.data_root);
    const auto shown = [](bool value) { return std::string(value ? "true" : "false"); };
    info.driver_status = {Strings{"Backing Filesystem", backing},
                          Strings{"Supports d_type", shown(overlay.has_file_types)},
                          Strings{"Using metacopy", shown(overlay.metacopy)},
                          Strings{"Native Overlay Diff", shown(overlay.native_diff)},
                          Strings{"userxattr", "false"}};
    info.docker_root_dir = config.data_root;
    info.plugins.volume = Strings{"local"};
    info.plugins.network = Strings{"bridge", "host", "null"};
    info.plugins.log = Strings(containers::log_drivers());
    info.debug = config.debug;
    info.logging_driver = config.log_driver;
    info.n_events_listener = static_cast<std::int64_t>(engine.store().events().listeners());
    info.labels = Strings(config.labels);
    info.experimental_build = config.experimental;
    info.server_version = engine_version();
    const RuntimeFacts& runtime = engine.runtime();
    for (const auto& [name, known] : engine.containers().abilities().runtimes) {
        info.runtimes[name].path = known.program;
        for (const std::string& argument : known.arguments) {
            info.runtimes[name].runtime_args.push_back(argument);
        }
    }
    info.default_runtime = runtime.name;
    info.runc_commit.id = runtime.commit;
    info.init_binary = "docker-init";
    info.swarm.local_node_state = "inactive";
    info.cdi_spec_dirs = Strings::empty_list();
    for (const std::string& warning : engine.networks().warnings()) {
        info.warnings.emplace_back("WARNING: " + warning);
    }
    const ObjectCounts counts = engine.counts();
    info.containers = counts.running + counts.paused + counts.stopped;
    info.containers_running = counts.running;
    info.containers_paused = counts.paused;
    info.containers_stopped = counts.stopped;
    info.images = counts.images;
}

/// Behaviour: gates on the version of `info`.
void apply_version(api::SystemInfo& info, const api::ApiVersion& version) {
    if (version < api::ApiVersion(1, 25)) {
        for (std::string& option : info.security_options) {  // "name=seccomp,profile=builtin"
            option = option.substr(0, option.find(',')).substr(std::string_view("name=").size());
        }
    }
    info.kernel_memory = info.kernel_memory && version < api::ApiVersion(1, 42);
    if (version >= api::ApiVersion(1, 49)) {
        info.firewall_backend.emplace().driver = "nftables";
    } else {
        info.runc_commit.expected = info.runc_commit.id;
    }
    if (version < api::ApiVersion(1, 50)) {
        info.bridge_nf_iptables = info.bridge_nf_ip6tables = false;
    }
}

/// Null only for old clients: the members are gone for newer ones.
std::string with_old_members(std::string text) {
    constexpr std::string_view before = R"("RegistryConfig":{)";
    constexpr std::string_view members = R"("AllowNondistributableArtifactsCIDRs":null,)"
                                         R"("AllowNondistributableArtifactsHostnames":null,)";
    const auto at = text.find(before);
    assert(at != std::string::npos);
    return text.insert(at + before.size(), members);
}

}  // namespace

Task<Result<http::Response>> system_info(Call& call) {
    api::SystemInfo info;
    put_machine(info);
    put_cgroups(info, call.engine.containers().abilities().cgroup);
    put_security(info, call.engine.containers().abilities());
    put_registries(info, call.engine.config());
    put_engine(info, call.engine);
    apply_version(info, call.version);
    if (call.version >= api::ApiVersion(1, 47)) {
        co_return json_reply(200, info);
    }
    co_return json_text(200, with_old_members(json::encode(info)));
}

}  // namespace wherry::server
