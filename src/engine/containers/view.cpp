#include "engine/containers/view.hpp"

#include "base/id.hpp"
#include "engine/containers/apparmor_profile.hpp"
#include "engine/containers/health.hpp"
#include "engine/containers/joined.hpp"
#include "engine/containers/ports.hpp"
#include "engine/containers/status_text.hpp"
#include "os/file.hpp"

namespace wherry::containers {

namespace {

std::string time_text(Time time) {
    return time == Time{} ? std::string(zero_time) : rfc3339_nano(time);
}

api::ContainerState state_view(const State& state) {
    api::ContainerState view;
    view.status = to_string(state.status());
    view.running = state.running;
    view.paused = state.paused;
    view.restarting = state.restarting;
    view.oom_killed = state.oom_killed;
    view.dead = state.dead;
    view.pid = state.pid;
    view.exit_code = state.exit_code;
    view.error = state.error;
    view.started_at = time_text(state.started_at);
    view.finished_at = time_text(state.finished_at);
    return view;
}

void put_endpoint(api::EndpointSettings& view, const networks::EndpointState& state) {
    view.network_id = state.network_id;
    view.endpoint_id = state.endpoint_id;
    view.gateway = state.gateway;
    view.ip_address = state.ipv4_address;
    view.ip_prefix_len = state.ipv4_prefix;
    view.ipv6_gateway = state.ipv6_gateway;
    view.global_ipv6_address = state.ipv6_address;
    view.global_ipv6_prefix_len = state.ipv6_prefix;
    view.mac_address = state.mac_address;
}

api::NetworkSettings network_view(const Container& container) {
    api::NetworkSettings view;
    view.networks = endpoint_views(container);
    view.networks.set_present();
    view.ports.set_present();
    if (!container.endpoint || !container.state.alive()) {
        return view;
    }
    const networks::EndpointState& state = *container.endpoint;
    view.sandbox_id = state.endpoint_id;
    view.sandbox_key = "";
    if (!state.ipv4_address.empty()) {  // `none` and `host` have no ports of their own
        view.ports = ports_in_use(container.record.config, state.ports);
        view.ports.set_present();
    }
    if (container.record.host.network_mode == "bridge") {
        view.endpoint_id = state.endpoint_id;
        view.gateway = state.gateway;
        view.ip_address = state.ipv4_address;
        view.ip_prefix_len = state.ipv4_prefix;
        view.ipv6_gateway = state.ipv6_gateway;
        view.global_ipv6_address = state.ipv6_address;
        view.global_ipv6_prefix_len = state.ipv6_prefix;
        view.mac_address = state.mac_address;
    }
    return view;
}

void put_files(api::ContainerInspectResponse& view, const Container& container,
               const store::Layout& layout) {
    // The files of its network, which may be another container's.
    const std::string_view donor = donor_of(container.record.host.network_mode);
    const std::string folder =
        layout.container(donor.empty() ? container.id() : std::string(donor));
    if (container.state.started_at != Time{} || container.state.running) {
        view.resolv_conf_path = folder + "/resolv.conf";
        view.hostname_path = folder + "/hostname";
        view.hosts_path = folder + "/hosts";
        if (container.record.host.log_config.type == "json-file") {
            view.log_path = layout.container_log(container.id());
        }
    }
    api::DriverData driver;
    driver.name = "overlay2";
    driver.data["ID"] = container.id();
    driver.data["UpperDir"] = layout.container_upper(container.id());
    driver.data["WorkDir"] = layout.container_work(container.id());
    driver.data["MergedDir"] = layout.run(container.id()) + "/rootfs";
    view.graph_driver = std::move(driver);
}

/// Quoted where a space in it would mislead.
std::string quoted(const std::string& word) {
    return word.find(' ') == std::string::npos ? word : "'" + word + "'";
}

}  // namespace

api::Map<api::EndpointSettings> endpoint_views(const Container& container) {
    api::Map<api::EndpointSettings> views = container.record.endpoints;
    if (container.endpoint && container.state.alive()) {
        const std::string& name = container.record.host.network_mode;
        put_endpoint(views[name], *container.endpoint);
    }
    return views;
}

std::string command_text(const Record& record) {
    std::string out = record.path;
    for (const std::string& arg : record.args) {
        out += " " + quoted(arg);
    }
    return out;
}

api::ContainerInspectResponse inspect_view(const Container& container, const store::Layout& layout,
                                           bool apparmor) {
    const Record& record = container.record;
    api::ContainerInspectResponse view;
    view.id = record.id;
    view.created = rfc3339_nano(record.created);
    view.path = record.path;
    view.args = record.args;
    view.args.set_present();
    view.state = state_view(container.state);
    view.state.health = container.health;
    view.image = record.image_id;
    view.name = "/" + record.name;
    // Chosen by the first start, as the reference does.
    if (apparmor && container.state.started_at != Time{}) {
        view.app_armor_profile = apparmor_profile(record.host);
    }
    view.restart_count = container.state.restart_count;
    view.driver = "overlay2";
    view.platform = "linux";
    view.host_config = record.host;
    view.config = record.config;
    const auto main = record.endpoints.find(record.host.network_mode);
    if (view.config.mac_address.empty() && main != record.endpoints.end()) {
        view.config.mac_address = main->second.mac_address;  // as asked for, not as it came to be
    }
    put_files(view, container, layout);
    view.mounts.set_present();
    for (const MountRecord& mount : record.mounts) {
        view.mounts.push_back(mount);
    }
    view.network_settings = network_view(container);
    for (const ExecPtr& exec : container.execs) {
        if (!exec->record.exit_code) {
            view.exec_ids.push_back(exec->id());
        }
    }
    return view;
}

api::ContainerSummary summary_view(const Container& container, std::string image, Time at) {
    const Record& record = container.record;
    api::ContainerSummary view;
    view.id = record.id;
    view.names.push_back("/" + record.name);
    view.image = std::move(image);
    view.image_id = record.image_id;
    view.command = command_text(record);
    view.created =
        std::chrono::duration_cast<std::chrono::seconds>(record.created.time_since_epoch()).count();
    view.ports.set_present();
    if (container.endpoint && container.state.alive()) {
        view.ports = port_summaries(record.config, container.endpoint->ports);
    }
    view.labels = record.config.labels;
    view.labels.set_present();
    view.state = to_string(container.status());
    view.status = status_text(container.state, at, health_text(container));
    if (container.health) {
        view.health.emplace();
        view.health->status = container.health->status;
        view.health->failing_streak = container.health->failing_streak;
    }
    view.host_config.network_mode = record.host.network_mode;
    view.host_config.annotations = record.host.annotations;
    view.network_settings.networks = endpoint_views(container);
    view.network_settings.networks.set_present();
    view.mounts.set_present();
    for (const MountRecord& mount : record.mounts) {
        view.mounts.push_back(mount);
    }
    return view;
}

}  // namespace wherry::containers
