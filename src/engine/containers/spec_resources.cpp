#include <algorithm>

#include "base/text.hpp"
#include "engine/containers/ceilings.hpp"
#include "engine/containers/spec_parts.hpp"

namespace wherry::containers::spec {

namespace {

constexpr std::int64_t cfs_period_us = 100'000;

oci::DeviceRule character(bool allow, std::int64_t major, std::int64_t minor) {
    return {.allow = allow, .type = "c", .major = major, .minor = minor, .access = "rwm"};
}

/// "*" means any number.
Result<std::optional<std::int64_t>> device_number(std::string_view text, std::string_view rule) {
    if (text == "*") {
        return std::optional<std::int64_t>();
    }
    if (const auto number = text::parse_int(text)) {
        return number;
    }
    return fail(ErrorKind::internal, "invalid device cgroup rule format: '{}'", rule);
}

/// "c 1:3 rwm" of DeviceCgroupRules.
Result<oci::DeviceRule> parse_rule(std::string_view rule) {
    const auto parts = text::split(rule, ' ');
    const auto numbers = parts.size() == 3 ? text::cut(parts[1], ":") : std::nullopt;
    const bool typed = parts[0] == "a" || parts[0] == "b" || parts[0] == "c";
    if (!numbers || !typed || parts[2].empty() || parts[2].size() > 3 ||
        parts[2].find_first_not_of("rwm") != std::string_view::npos) {
        return fail(ErrorKind::internal, "invalid device cgroup rule format: '{}'", rule);
    }
    oci::DeviceRule out{.allow = true, .type = std::string(parts[0])};
    TRY(out.major, device_number(numbers->first, rule));
    TRY(out.minor, device_number(numbers->second, rule));
    out.access = parts[2];
    return out;
}

Result<std::vector<oci::DeviceRule>> device_rules(const SpecInput& input) {
    if (input.host.privileged) {
        return std::vector<oci::DeviceRule>{{.allow = true, .access = "rwm"}};
    }
    std::vector<oci::DeviceRule> rules = {{.allow = false, .access = "rwm"}};
    for (const std::int64_t minor : {3, 5, 8, 9}) {  // null zero random urandom
        rules.push_back(character(true, 1, minor));
    }
    rules.push_back(character(true, 5, 0));  // tty console
    rules.push_back(character(true, 5, 1));
    rules.push_back(character(false, 10, 229));  // fuse
    for (const PlannedDevice& planned : input.devices) {
        rules.push_back({true, planned.device.type, planned.device.major, planned.device.minor,
                         planned.permissions});
    }
    for (const std::string& text : input.host.device_cgroup_rules) {
        TRY(auto rule, parse_rule(text));
        rules.push_back(std::move(rule));
    }
    return rules;
}

std::optional<std::int64_t> unless_zero(std::int64_t value) {
    return value == 0 ? std::nullopt : std::optional(value);
}

std::optional<oci::MemoryLimits> memory(const api::HostConfig& host, bool cgroup_v2) {
    oci::MemoryLimits limits;
    limits.limit = unless_zero(host.memory);
    limits.reservation = unless_zero(host.memory_reservation);
    limits.swap = unless_zero(host.memory_swap);
    if (host.memory_swappiness && *host.memory_swappiness >= 0 && !cgroup_v2) {
        limits.swappiness = host.memory_swappiness;
    }
    if (!cgroup_v2) {
        limits.kernel_tcp = unless_zero(host.kernel_memory_tcp);
    }
    if (host.oom_kill_disable.value_or(false) && !cgroup_v2) {
        limits.disable_oom_killer = true;
    }
    const bool any = limits.limit || limits.reservation || limits.swap || limits.swappiness ||
                     limits.kernel_tcp || limits.disable_oom_killer;
    return any ? std::optional(limits) : std::nullopt;
}

std::optional<oci::CpuLimits> cpu(const api::HostConfig& host) {
    oci::CpuLimits limits;
    limits.shares = unless_zero(host.cpu_shares);
    limits.period = unless_zero(host.cpu_period);
    limits.quota = unless_zero(host.cpu_quota);
    if (host.nano_cpus > 0) {
        limits.period = cfs_period_us;
        limits.quota = host.nano_cpus * cfs_period_us / 1'000'000'000;
    }
    limits.realtime_period = unless_zero(host.cpu_realtime_period);
    limits.realtime_runtime = unless_zero(host.cpu_realtime_runtime);
    limits.cpus = host.cpuset_cpus;
    limits.mems = host.cpuset_mems;
    const bool any = limits.shares || limits.period || limits.quota || limits.realtime_period ||
                     limits.realtime_runtime || !limits.cpus.empty() || !limits.mems.empty();
    return any ? std::optional(std::move(limits)) : std::nullopt;
}

std::string rlimit_type(std::string_view name) {
    std::string out = "RLIMIT_";
    for (const char c : name) {
        out.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
    }
    return out;
}

}  // namespace

oci::Resources limits(const api::HostConfig& host, bool cgroup_v2) {
    oci::Resources out;
    out.memory = memory(host, cgroup_v2);
    out.cpu = cpu(host);
    if (host.pids_limit && *host.pids_limit > 0) {
        out.pids = oci::PidsLimit{*host.pids_limit};
    }
    return out;
}

void put_block_limits(oci::Resources& resources, oci::BlockLimits block,
                      const api::HostConfig& host) {
    block.weight = unless_zero(host.blkio_weight);
    const bool any = block.weight || !block.weight_device.empty() || !block.read_bps.empty() ||
                     !block.write_bps.empty() || !block.read_iops.empty() ||
                     !block.write_iops.empty();
    if (any) {
        resources.block_io = std::move(block);
    }
}

Result<oci::Resources> resources(const SpecInput& input) {
    oci::Resources out = limits(input.host, input.cgroup_v2);
    TRY(out.devices, device_rules(input));
    put_block_limits(out, input.block_limits, input.host);
    return out;
}

Result<std::vector<oci::Rlimit>> rlimits(const SpecInput& input) {
    std::vector<oci::Rlimit> out;
    for (const auto& asked : input.host.ulimits) {
        if (os::rlimit_number(asked.name) < 0) {
            return fail(ErrorKind::internal, "wrong rlimit value: {}", rlimit_type(asked.name));
        }
        const auto ulimit = within(asked, input.ceilings);
        const auto hard = static_cast<std::uint64_t>(ulimit.hard);
        const auto soft = static_cast<std::uint64_t>(ulimit.soft);
        if (soft > hard) {  // -1 is the highest
            return fail(ErrorKind::internal,
                        "ulimit {}: the soft limit must not be above the hard limit: {} > {}",
                        asked.name, asked.soft, asked.hard);
        }
        out.push_back({rlimit_type(ulimit.name), hard, soft});
    }
    return out;
}

}  // namespace wherry::containers::spec
