// The host's devices that a container is given, and the block devices that its limits name, looked
// up when it starts. Blocks.
#pragma once

#include "api/generated/container.hpp"
#include "base/result.hpp"
#include "engine/containers/spec.hpp"

namespace wherry::containers {

struct DevicePlan {
    bool privileged = false;  ///< it gets all there are
    api::Resources resources;
    std::vector<std::string> cdi_folders;
};

struct RunDevices {
    std::vector<PlannedDevice> devices;
    oci::BlockLimits block_limits;
    DeviceEdits edits;  ///< of its device requests
};

/// A mapping's path is a device, a link to one, or a folder of devices. 500 "error gathering device
/// information while adding custom device \"P\": …", and "stat P: no such file or directory" for
/// limits.
[[nodiscard]] Result<RunDevices> look_up_devices(const DevicePlan& plan);

/// The limits' part of it.
[[nodiscard]] Result<oci::BlockLimits> look_up_block_limits(const api::Resources& resources);

}  // namespace wherry::containers
