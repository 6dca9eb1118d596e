// HostConfig.DeviceRequests: devices by name of the Container Device Interface (CDI
// specification 0.8), whose files say what a container is given with each. Blocks.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "api/generated/container.hpp"
#include "base/result.hpp"
#include "codec/json/value.hpp"
#include "engine/containers/spec.hpp"

namespace wherry::containers {

/// Adds what the requests stand for. 500 "could not select device driver \"D\" with capabilities:
/// [[…]]" for any driver but `cdi`, "CDI device injection failed: unresolvable CDI devices …".
[[nodiscard]] Result<DeviceEdits> resolve_device_requests(
    const api::List<api::DeviceRequest>& requests, const std::vector<std::string>& spec_folders);

/// The devices of one specification by qualified name ("vendor.com/gpu=0"), each with the edits of
/// the whole file. Pure.
using CdiDevices = std::map<std::string, DeviceEdits>;
[[nodiscard]] Result<CdiDevices> read_cdi_spec(const json::Value& spec);

}  // namespace wherry::containers
