// Members of request bodies that older daemons drop or refuse. The list is reviewed by hand; what
// the daemon itself leaves out on an older path is named here so that strict clients are told.
#include "sdk/call.hpp"

namespace wherry::sdk {

namespace {

void add_mount_gates(Call& call, const api::HostConfig& host) {
    for (const auto& mount : host.mounts) {
        call.gate("HostConfig.Mounts.Type=image", mount.type == "image", "1.48");
        call.gate("HostConfig.Mounts.VolumeOptions.Subpath",
                  mount.volume_options && !mount.volume_options->subpath.empty(), "1.45");
    }
}

}  // namespace

void add_gates(Call& call, const api::ContainerCreateRequest& body) {
    const auto& host = body.host_config;
    call.gate("HostConfig.AutoRemove", host.auto_remove, "1.25");
    call.gate("HostConfig.ConsoleSize", !host.console_size.empty(), "1.42");
    call.gate("HostConfig.Annotations", !host.annotations.empty(), "1.43");
    call.gate("Healthcheck.StartInterval",
              body.healthcheck.has_value() && body.healthcheck->start_interval != 0, "1.44");
    call.gate("NetworkingConfig.EndpointsConfig with several networks",
              body.networking_config.endpoints_config.size() > 1, "1.44");
    for (const auto& [name, endpoint] : body.networking_config.endpoints_config) {
        call.gate("NetworkingConfig.EndpointsConfig.GwPriority", endpoint.gw_priority != 0, "1.48");
    }
    add_mount_gates(call, host);
}

void add_gates(Call& call, const api::ContainerUpdateRequest& body) {
    call.gate("PidsLimit", body.pids_limit.has_value(), "1.40");
    call.gate("BlkioWeightDevice", !body.blkio_weight_device.empty(), "1.55");
    call.gate("BlkioDeviceReadBps", !body.blkio_device_read_bps.empty(), "1.55");
    call.gate("BlkioDeviceWriteBps", !body.blkio_device_write_bps.empty(), "1.55");
}

void add_gates(Call& call, const api::ExecCreateRequest& body) {
    call.gate("Env", !body.env.empty(), "1.25");
    call.gate("WorkingDir", !body.working_dir.empty(), "1.35");
    call.gate("ConsoleSize", !body.console_size.empty(), "1.42");
}

void add_gates(Call& call, const api::NetworkCreateRequest& body) {
    call.gate("EnableIPv4", body.enable_ipv4.has_value(), "1.48");
}

void add_gates(Call& call, const api::NetworkConnectRequest& body) {
    call.gate("EndpointConfig.MacAddress",
              body.endpoint_config && !body.endpoint_config->mac_address.empty(), "1.54");
}

}  // namespace wherry::sdk
