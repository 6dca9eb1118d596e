// What create fills in: the image's configuration under the container's own, and the engine's
// defaults (behaviour: values the daemon fills in at create). Pure.
#pragma once

#include <string>

#include "api/generated/container.hpp"
#include "base/result.hpp"
#include "engine/images/oci.hpp"

namespace wherry::containers {

/// Merges the image's configuration under the container's; 400 "no command specified".
[[nodiscard]] Result<> merge_image(api::ContainerConfig& config,
                                   const images::oci::RunConfig& image);

/// Turns `[""]` into none and refuses a container without anything to run.
[[nodiscard]] Result<> settle_command(api::ContainerConfig& config);

struct Defaults {
    std::string runtime = "crun";
    std::int64_t shm_bytes = 64 << 20;
    std::string log_driver = "json-file";
    api::Map<std::string> log_options;
    std::string cgroupns_mode = "host";  ///< private where cgroup v2 is
};

void fill_host(api::HostConfig& host, const Defaults& defaults);
/// Hostname and labels, which depend on the id.
void fill_config(api::ContainerConfig& config, std::string_view id);
/// The networks as inspect shows them before the first start.
void fill_endpoints(api::Map<api::EndpointSettings>& endpoints, const api::HostConfig& host);

/// What runs, in front of its arguments.
struct Command {
    std::string path;
    api::List<std::string> args;
};
[[nodiscard]] Command command_of(const api::ContainerConfig& config);

}  // namespace wherry::containers
