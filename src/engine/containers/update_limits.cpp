#include "engine/containers/update_limits.hpp"

#include "base/text.hpp"
#include "engine/containers/spec_parts.hpp"

namespace wherry::containers {

namespace {

Error conflict(std::string_view text) {
    return fail(ErrorKind::conflict, "{}", text);
}

template <class T>
void take(T& value, const T& wanted) {
    if (wanted != T{}) {
        value = wanted;
    }
}

/// A share of processors is said by one number, or by period and quota.
Result<> check_cpu(const api::HostConfig& host, const api::Resources& wanted) {
    if (wanted.nano_cpus > 0 && host.cpu_period > 0) {
        return conflict(
            "Conflicting options: Nano CPUs cannot be updated as CPU Period has already been set");
    }
    if (wanted.nano_cpus > 0 && host.cpu_quota > 0) {
        return conflict(
            "Conflicting options: Nano CPUs cannot be updated as CPU Quota has already been set");
    }
    if (wanted.cpu_period > 0 && host.nano_cpus > 0) {
        return conflict(
            "Conflicting options: CPU Period cannot be updated as NanoCPUs has already been set");
    }
    if (wanted.cpu_quota > 0 && host.nano_cpus > 0) {
        return conflict(
            "Conflicting options: CPU Quota cannot be updated as NanoCPUs has already been set");
    }
    return {};
}

Result<> take_memory(api::HostConfig& host, const api::Resources& wanted) {
    if (wanted.memory != 0 && wanted.memory > host.memory_swap && wanted.memory_swap == 0) {
        return conflict(
            "Memory limit should be smaller than already set memoryswap limit, update the "
            "memoryswap at the same time");
    }
    take(host.memory, wanted.memory);
    take(host.memory_swap, wanted.memory_swap);
    take(host.memory_reservation, wanted.memory_reservation);
    return {};
}

Result<> take_policy(api::HostConfig& host, const std::optional<api::RestartPolicy>& wanted) {
    if (!wanted || wanted->name.empty()) {
        return {};
    }
    if (host.auto_remove && wanted->name != "no") {
        return conflict(
            "Restart policy cannot be updated because AutoRemove is enabled for the container");
    }
    host.restart_policy = *wanted;
    return {};
}

}  // namespace

Result<> apply_update(api::HostConfig& host, const api::ContainerUpdateRequest& request) {
    CHECK_OK(check_cpu(host, request));
    CHECK_OK(take_memory(host, request));
    CHECK_OK(take_policy(host, request.restart_policy));
    take(host.blkio_weight, request.blkio_weight);
    take(host.cpu_shares, request.cpu_shares);
    take(host.cpu_period, request.cpu_period);
    take(host.cpu_quota, request.cpu_quota);
    take(host.cpu_realtime_period, request.cpu_realtime_period);
    take(host.cpu_realtime_runtime, request.cpu_realtime_runtime);
    take(host.nano_cpus, request.nano_cpus);
    take(host.cpuset_cpus, request.cpuset_cpus);
    take(host.cpuset_mems, request.cpuset_mems);
    if (request.pids_limit) {
        host.pids_limit = *request.pids_limit > 0 ? *request.pids_limit : 0;
    }
    const auto take_list = [](auto& list, const auto& wanted) {
        if (!wanted.empty()) {
            list = wanted;
        }
    };
    take_list(host.blkio_weight_device, request.blkio_weight_device);
    take_list(host.blkio_device_read_bps, request.blkio_device_read_bps);
    take_list(host.blkio_device_write_bps, request.blkio_device_write_bps);
    take_list(host.blkio_device_read_iops, request.blkio_device_read_iops);
    take_list(host.blkio_device_write_iops, request.blkio_device_write_iops);
    return {};
}

oci::Resources updated_limits(const api::HostConfig& host, bool cgroup_v2) {
    return spec::limits(host, cgroup_v2);
}

}  // namespace wherry::containers
