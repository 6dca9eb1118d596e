#include "server/routes/container_gates.hpp"

#include <algorithm>

#include "base/id.hpp"
#include "base/text.hpp"
#include "codec/json/json.hpp"

namespace wherry::server {

namespace {

using api::ApiVersion;

Error invalid(std::string text) {
    return {ErrorKind::invalid, std::move(text)};
}

bool is_user_network(const std::string& mode) {
    return mode != "host" && mode != "none" && !mode.starts_with("container:");
}

void gate_old_mounts(api::Mount& mount, ApiVersion version) {
    if (version < ApiVersion(1, 40) && mount.bind_options) {
        mount.bind_options->non_recursive = false;
    }
    if (version < ApiVersion(1, 42)) {
        if (mount.bind_options) {
            mount.bind_options->create_mountpoint = false;
        }
        if (mount.type != "volume") {
            mount.volume_options.reset();
        }
        if (mount.type != "tmpfs") {
            mount.tmpfs_options.reset();
        }
    }
}

Result<> gate_mounts(api::HostConfig& host, ApiVersion version) {
    for (api::Mount& mount : host.mounts) {
        gate_old_mounts(mount, version);
        if (version < ApiVersion(1, 44) && mount.bind_options) {
            if (mount.bind_options->read_only_force_recursive) {
                return invalid("BindOptions.ReadOnlyForceRecursive needs API v1.44 or newer");
            }
            mount.bind_options->read_only_non_recursive = true;
        }
        if (version < ApiVersion(1, 45) && mount.volume_options &&
            !mount.volume_options->subpath.empty()) {
            return invalid("VolumeOptions.Subpath needs API v1.45 or newer");
        }
        if (version < ApiVersion(1, 48) && mount.type == "image") {
            return invalid("Mount type \"Image\" needs API v1.48 or newer");
        }
    }
    return {};
}

/// Before 1.44 one network at most, and its address was Config.MacAddress.
Result<> gate_old_endpoints(api::ContainerCreateRequest& request) {
    auto& endpoints = request.networking_config.endpoints_config;
    if (endpoints.size() > 1) {
        std::vector<std::string> names;
        for (const auto& [name, endpoint] : endpoints) {
            names.push_back(name);
        }
        return invalid(
            text::format("Container cannot be created with multiple network endpoints: {}",
                         text::join(names, ", ")));
    }
    const std::string& mode = request.host_config.network_mode;
    if (!request.mac_address.empty() && !is_user_network(mode)) {
        return invalid("conflicting options: mac-address and the network mode");
    }
    for (auto& [name, endpoint] : endpoints) {
        endpoint.mac_address = request.mac_address;
    }
    return {};
}

/// 1.44 to 1.51: the address belongs to the endpoint.
Result<> gate_mac_address(api::ContainerCreateRequest& request,
                          std::vector<std::string>& warnings) {
    if (request.mac_address.empty()) {
        return {};
    }
    std::string mode = request.host_config.network_mode;
    if (mode.empty() || mode == "default") {
        mode = "bridge";
    }
    const char* warning =
        "The container-wide MacAddress field is now deprecated. It should be specified in "
        "EndpointsConfig instead.";
    if (!is_user_network(mode)) {
        request.mac_address.clear();
        warnings.emplace_back(warning);
        return {};
    }
    auto& endpoints = request.networking_config.endpoints_config;
    if (!endpoints.empty() && !endpoints.contains(mode) &&
        !(mode == "bridge" && endpoints.contains("default"))) {
        return invalid(
            "unable to migrate container-wide MAC address to a specific network: "
            "HostConfig.NetworkMode must match the identity of a network in "
            "NetworkSettings.Networks");
    }
    auto& endpoint = endpoints[mode];
    if (!endpoint.mac_address.empty() && endpoint.mac_address != request.mac_address) {
        return invalid(
            "the container-wide MAC address must match the endpoint-specific MAC "
            "address for the main network, or be left empty");
    }
    endpoint.mac_address = request.mac_address;
    request.mac_address.clear();
    warnings.emplace_back(warning);
    return {};
}

constexpr const char* endpoint_sysctls = "com.docker.network.endpoint.sysctls";

/// The fourth part of "net.ipv4.conf.eth0.log_martians", if it names an interface; else "".
std::string interface_of(std::string_view sysctl) {
    const auto parts = text::split(sysctl, '.');
    const bool names_one = parts.size() > 4 && parts[0] == "net" && parts[3].starts_with("eth");
    return names_one ? std::string(parts[3]) : std::string();
}

/// Switches of one interface belong to its endpoint: older clients' are moved there.
Result<> gate_sysctls(api::ContainerCreateRequest& request, ApiVersion version,
                      std::vector<std::string>& warnings) {
    api::HostConfig& host = request.host_config;
    const bool bridged = host.network_mode.empty() || is_user_network(host.network_mode);
    const auto all = host.sysctls;
    for (const auto& [name, value] : all) {
        const std::string interface = interface_of(name);
        if (interface.empty() || !bridged) {
            continue;
        }
        if (version >= ApiVersion(1, 48)) {
            return fail(ErrorKind::internal,
                        "interface specific sysctl setting \"{}\" must be supplied using driver "
                        "option '{}'",
                        name, endpoint_sysctls);
        }
        if (interface != "eth0") {
            return fail(ErrorKind::internal,
                        "unable to determine network endpoint for sysctl {}, use driver option "
                        "'{}' to set per-interface sysctls",
                        name, endpoint_sysctls);
        }
        std::string moved = name;
        moved.replace(moved.find("eth0"), interface.size(), "IFNAME");
        moved += "=" + value;
        warnings.push_back(text::format("Migrated sysctl \"{}\" to DriverOpts{}\"{}\":\"{}\"}.",
                                        name, "{", endpoint_sysctls, moved));
        const std::string network = host.network_mode.empty() || host.network_mode == "default"
                                        ? "bridge"
                                        : host.network_mode;
        auto& options = request.networking_config.endpoints_config[network].driver_opts;
        std::string& list = options[endpoint_sysctls];
        list += (list.empty() ? "" : ",") + moved;
        host.sysctls.erase(name);
    }
    if (host.sysctls.empty()) {
        host.sysctls.set_null();
    }
    return {};
}

void warn_of_volume_driver(const api::HostConfig& host, ApiVersion version,
                           std::vector<std::string>& warnings) {
    const bool mounts_volume = std::ranges::any_of(
        host.mounts, [](const api::Mount& mount) { return mount.type == "volume"; });
    if (version >= ApiVersion(1, 48) && !host.volume_driver.empty() && mounts_volume) {
        warnings.emplace_back(
            "WARNING: the container-wide volume-driver configuration is ignored for volumes "
            "specified via 'mount'. Use '--mount type=volume,volume-driver=...' instead");
    }
}

/// A port with an empty list of bindings is not published before 1.52, as dockerd 28 has it.
void fill_bindings(api::HostConfig& host, ApiVersion version, std::vector<std::string>& warnings) {
    if (version < ApiVersion(1, 52)) {
        return;
    }
    std::vector<std::string> empty;
    for (auto& [port, bindings] : host.port_bindings) {
        if (bindings.empty()) {
            bindings.emplace_back();
            empty.push_back(port);
        }
    }
    if (!empty.empty()) {
        warnings.push_back(text::format(
            "Empty lists of port bindings are deprecated; give one binding without an address and "
            "a port to have a port chosen: {}",
            text::join(empty, ", ")));
    }
}

}  // namespace

Result<> gate_create(api::ContainerCreateRequest& request, ApiVersion version,
                     std::vector<std::string>& warnings) {
    api::HostConfig& host = request.host_config;
    if (version < ApiVersion(1, 40) && host.ipc_mode.empty()) {
        host.ipc_mode = "shareable";
    }
    if (version == ApiVersion(1, 40) && !host.capabilities.empty()) {
        return invalid("unsupported field: HostConfig.Capabilities");
    }
    host.capabilities.set_null();
    if (version < ApiVersion(1, 42)) {
        host.console_size = api::List<std::int64_t>{0, 0};
    }
    if (version < ApiVersion(1, 43)) {
        host.annotations.set_null();
    }
    CHECK_OK(gate_mounts(host, version));
    CHECK_OK(gate_sysctls(request, version, warnings));
    warn_of_volume_driver(host, version, warnings);
    fill_bindings(host, version, warnings);
    if (version < ApiVersion(1, 44)) {
        if (request.healthcheck) {
            request.healthcheck->start_interval = 0;
        }
        CHECK_OK(gate_old_endpoints(request));
    } else if (version < ApiVersion(1, 52)) {
        CHECK_OK(gate_mac_address(request, warnings));
    } else {
        request.mac_address.clear();
    }
    if (version < ApiVersion(1, 48)) {
        for (auto& [name, endpoint] : request.networking_config.endpoints_config) {
            endpoint.gw_priority = 0;
        }
    }
    return {};
}

void gate_update(api::ContainerUpdateRequest& request, ApiVersion version) {
    if (version < ApiVersion(1, 40)) {
        request.pids_limit.reset();
    }
    if (version < ApiVersion(1, 55)) {
        request.blkio_weight_device.set_null();
        request.blkio_device_read_bps.set_null();
        request.blkio_device_write_bps.set_null();
        request.blkio_device_read_iops.set_null();
        request.blkio_device_write_iops.set_null();
    }
}

void gate_summary(api::ContainerSummary& summary, ApiVersion version) {
    if (version < ApiVersion(1, 46)) {
        summary.host_config.annotations.set_null();
    }
    if (version < ApiVersion(1, 48)) {
        summary.image_manifest_descriptor.reset();
    }
    if (version < ApiVersion(1, 52)) {
        summary.health.reset();
    } else if (!summary.health) {
        summary.health.emplace();
        summary.health->status = "none";
    }
}

void gate_inspect(api::ContainerInspectResponse& view, ApiVersion version) {
    if (version < ApiVersion(1, 45)) {
        for (auto& [name, endpoint] : view.network_settings.networks) {
            if (name != "bridge" && is_user_network(name)) {
                endpoint.aliases.push_back(std::string(short_id(view.id)));
                if (view.config.hostname != short_id(view.id)) {
                    endpoint.aliases.push_back(view.config.hostname);
                }
            }
        }
    }
    if (version < ApiVersion(1, 48)) {
        view.image_manifest_descriptor.reset();
    }
    if (version < ApiVersion(1, 52)) {
        view.storage.reset();
    } else {
        view.config.mac_address.clear();
        const std::string driver = view.graph_driver ? view.graph_driver->name : "overlay2";
        view.graph_driver.reset();
        view.storage.emplace().root_fs.emplace().snapshot.emplace().name = driver;
    }
}

Result<std::string> inspect_text(const api::ContainerInspectResponse& view, ApiVersion version) {
    std::string text = json::encode(view);
    if (version < ApiVersion(1, 52)) {
        return text;
    }
    // Old members, which older clients read even when they are empty.
    TRY(json::Value document, json::Value::parse(text));
    if (const json::Value* found = document.find("NetworkSettings")) {
        json::Value settings = *found;
        for (const char* name : {"Bridge", "EndpointID", "Gateway", "GlobalIPv6Address",
                                 "GlobalIPv6PrefixLen", "HairpinMode", "IPAddress", "IPPrefixLen",
                                 "IPv6Gateway", "LinkLocalIPv6Address", "LinkLocalIPv6PrefixLen",
                                 "MacAddress", "SecondaryIPAddresses", "SecondaryIPv6Addresses"}) {
            settings.erase(name);
        }
        document.set("NetworkSettings", std::move(settings));
    }
    return document.dump();
}

}  // namespace wherry::server
