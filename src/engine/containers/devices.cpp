#include "engine/containers/devices.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "engine/containers/device_requests.hpp"
#include "os/device.hpp"

namespace wherry::containers {

namespace {

PlannedDevice planned(const os::DeviceFile& file, std::string path, std::string permissions) {
    PlannedDevice out;
    out.device = {.path = std::move(path),
                  .type = std::string(1, file.type),
                  .major = file.major,
                  .minor = file.minor,
                  .file_mode = file.mode,
                  .uid = file.uid,
                  .gid = file.gid};
    out.permissions = std::move(permissions);
    return out;
}

/// Only the letters that are rights; none at all means all.
std::string permissions_of(const api::DeviceMapping& mapping) {
    std::string out;
    for (const char letter : std::string_view("rwm")) {
        if (mapping.cgroup_permissions.find(letter) != std::string::npos) {
            out.push_back(letter);
        }
    }
    return out.empty() ? "rwm" : out;
}

Error not_gathered(const std::string& path, std::string_view why) {
    return fail(ErrorKind::internal,
                "error gathering device information while adding custom device \"{}\": {}", path,
                why);
}

/// A device given twice is the later one.
void put(std::vector<PlannedDevice>& list, PlannedDevice device) {
    const auto same = std::ranges::find_if(
        list, [&](const PlannedDevice& one) { return one.device.path == device.device.path; });
    if (same != list.end()) {
        *same = std::move(device);
    } else {
        list.push_back(std::move(device));
    }
}

Result<> add_mapping(std::vector<PlannedDevice>& list, const api::DeviceMapping& mapping) {
    const std::string& host = mapping.path_on_host;
    const std::string target = mapping.path_in_container.empty() ? host : mapping.path_in_container;
    const std::string permissions = permissions_of(mapping);
    if (os::is_folder(host)) {
        for (const os::DeviceFile& file : os::devices_below(host)) {
            put(list, planned(file, target + file.path.substr(host.size()), permissions));
        }
        return {};
    }
    auto file = os::device_file(host);
    if (!file) {
        const bool missing = file.error().kind() == ErrorKind::not_found;
        return not_gathered(host, missing ? "no such file or directory" : file.error().message());
    }
    put(list, planned(*file, target, permissions));
    return {};
}

Result<oci::BlockDevice> block_device(const std::string& path) {
    auto file = os::device_file(path);
    if (!file) {
        const bool missing = file.error().kind() == ErrorKind::not_found;
        return fail(ErrorKind::internal, "stat {}: {}", path,
                    missing ? "no such file or directory" : file.error().message());
    }
    return oci::BlockDevice{.major = file->major, .minor = file->minor};
}

Result<std::vector<oci::BlockDevice>> rates(const api::List<api::ThrottleDevice>& asked) {
    std::vector<oci::BlockDevice> out;
    for (const api::ThrottleDevice& one : asked) {
        TRY(auto device, block_device(one.path));
        device.rate = one.rate;
        out.push_back(device);
    }
    return out;
}

}  // namespace

Result<oci::BlockLimits> look_up_block_limits(const api::Resources& resources) {
    oci::BlockLimits limits;
    for (const auto& one : resources.blkio_weight_device) {
        TRY(auto device, block_device(one.path));
        device.weight = one.weight;
        limits.weight_device.push_back(device);
    }
    TRY(limits.read_bps, rates(resources.blkio_device_read_bps));
    TRY(limits.write_bps, rates(resources.blkio_device_write_bps));
    TRY(limits.read_iops, rates(resources.blkio_device_read_iops));
    TRY(limits.write_iops, rates(resources.blkio_device_write_iops));
    return limits;
}

Result<RunDevices> look_up_devices(const DevicePlan& plan) {
    RunDevices out;
    if (plan.privileged) {
        for (os::DeviceFile& file : os::devices_below("/dev")) {
            std::string path = file.path;
            out.devices.push_back(planned(file, std::move(path), "rwm"));
        }
    }
    for (const api::DeviceMapping& mapping : plan.resources.devices) {
        CHECK_OK(add_mapping(out.devices, mapping));
    }
    TRY(out.edits, resolve_device_requests(plan.resources.device_requests, plan.cdi_folders));
    TRY(out.block_limits, look_up_block_limits(plan.resources));
    return out;
}

}  // namespace wherry::containers
