#include <algorithm>

#include "base/text.hpp"
#include "engine/containers/cpuset.hpp"
#include "engine/containers/validate.hpp"

namespace wherry::containers {

namespace {

constexpr std::int64_t least_memory = 6 << 20;

Error invalid(std::string text) {
    return {ErrorKind::invalid, std::move(text)};
}

/// Takes a limit out that the machine cannot keep.
void unsupported(std::int64_t& value, bool supported, std::vector<std::string>& warnings,
                 const char* text) {
    if (value > 0 && !supported) {
        value = 0;
        warnings.emplace_back(text);
    }
}

/// The limit itself, with swap.
Result<> check_memory_limit(api::Resources& r, const Abilities& abilities, bool update,
                            std::vector<std::string>& warnings) {
    if (r.memory != 0 && r.memory < least_memory) {
        return invalid("Minimum memory limit allowed is 6MB");
    }
    unsupported(r.memory, abilities.cgroup.memory_limit, warnings,
                "Your kernel does not support memory limit capabilities or the cgroup is not "
                "mounted. Limitation discarded.");
    if (r.memory > 0 && r.memory_swap != -1 && !abilities.cgroup.swap_limit) {
        r.memory_swap = -1;
        warnings.emplace_back(
            "Your kernel does not support swap limit capabilities or the cgroup is not mounted. "
            "Memory limited without swap.");
    }
    if (r.memory > 0 && r.memory_swap > 0 && r.memory_swap < r.memory) {
        return invalid("Minimum memoryswap limit should be larger than memory limit, see usage");
    }
    if (r.memory == 0 && r.memory_swap > 0 && !update) {
        return invalid(
            "You should always set the Memory limit when using Memoryswap limit, see usage");
    }
    return {};
}

Result<> check_memory_rest(api::Resources& r) {
    if (r.memory_swappiness && (*r.memory_swappiness < -1 || *r.memory_swappiness > 100)) {
        return invalid(text::format("Invalid value: {}, valid memory swappiness range is 0-100",
                                    *r.memory_swappiness));
    }
    if (r.memory_reservation > 0 && r.memory_reservation < least_memory) {
        return invalid("Minimum memory reservation allowed is 6MB");
    }
    if (r.memory > 0 && r.memory_reservation > 0 && r.memory < r.memory_reservation) {
        return invalid(
            "Minimum memory limit can not be less than memory reservation limit, see usage");
    }
    return {};
}

Result<> check_cpu(api::Resources& r, const Abilities& abilities,
                   std::vector<std::string>& warnings) {
    if (r.nano_cpus > 0 && (r.cpu_period > 0 || r.cpu_quota > 0)) {
        return invalid(r.cpu_period > 0
                           ? "Conflicting options: Nano CPUs and CPU Period cannot both be set"
                           : "Conflicting options: Nano CPUs and CPU Quota cannot both be set");
    }
    constexpr std::int64_t one_cpu = 1'000'000'000;
    if (r.nano_cpus < 0 || r.nano_cpus > abilities.cpus * one_cpu) {
        return invalid(
            text::format("range of CPUs is from 0.01 to {}.00, as there are only {} CPUs available",
                         abilities.cpus, abilities.cpus));
    }
    if (r.cpu_shares < 0) {
        return invalid(text::format("invalid CPU shares ({}): value must be a positive integer",
                                    r.cpu_shares));
    }
    if (r.cpu_period != 0 && (r.cpu_period < 1000 || r.cpu_period > 1'000'000)) {
        return invalid(
            "CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s "
            "(i.e. 1000000)");
    }
    if (r.cpu_quota > 0 && r.cpu_quota < 1000) {
        return invalid("CPU cfs quota can not be less than 1ms (i.e. 1000)");
    }
    if (r.cpu_realtime_period != 0 && r.cpu_realtime_runtime > r.cpu_realtime_period) {
        return invalid("cpu real-time runtime cannot be higher than cpu real-time period");
    }
    if (r.cpu_percent > 0) {
        r.cpu_percent = 0;
        warnings.emplace_back("linux does not support CPU percent. Percent discarded.");
    }
    unsupported(r.cpu_shares, abilities.cgroup.cpu_shares, warnings,
                "Your kernel does not support CPU shares or the cgroup is not mounted. Shares "
                "discarded.");
    unsupported(r.nano_cpus, abilities.cgroup.cpu_cfs, warnings,
                "NanoCPUs can not be set, as your kernel does not support CPU CFS scheduler or "
                "the cgroup is not mounted. Discarded.");
    unsupported(r.cpu_quota, abilities.cgroup.cpu_cfs, warnings,
                "Your kernel does not support CPU CFS scheduler. CPU period/quota discarded.");
    return {};
}

/// Of processors or memory nodes.
struct CpusetText {
    const char* kind;   ///< "cpus"
    const char* words;  ///< "CPUs"
};

Result<> check_cpuset(std::string_view asked, std::string_view available, const CpusetText& name) {
    const auto wanted = parse_cpu_list(asked);
    if (!wanted) {
        return invalid(text::format("Invalid value {} for cpuset {}: invalid format: {}", asked,
                                    name.kind, asked));
    }
    const auto there = parse_cpu_list(text::trim(available));
    if (available.empty() || !there || std::ranges::includes(*there, *wanted)) {
        return {};
    }
    return invalid(text::format("Requested {} are not available - requested {}, available: {}",
                                name.words, asked, text::trim(available)));
}

Result<> check_blkio(api::Resources& r, const Abilities& abilities,
                     std::vector<std::string>& warnings) {
    unsupported(r.blkio_weight, abilities.cgroup.blkio_weight, warnings,
                "Your kernel does not support Block I/O weight or the cgroup is not mounted. "
                "Weight discarded.");
    if (r.blkio_weight != 0 && (r.blkio_weight < 10 || r.blkio_weight > 1000)) {
        return invalid("Range of blkio weight is from 10 to 1000");
    }
    if (!r.blkio_weight_device.empty() && !abilities.cgroup.blkio_weight_device) {
        r.blkio_weight_device.set_null();
        warnings.emplace_back(
            "Your kernel does not support Block I/O weight_device or the cgroup is not mounted. "
            "Weight-device discarded.");
    }
    return {};
}

void check_pids(api::Resources& r, const Abilities& abilities, std::vector<std::string>& warnings) {
    if (r.pids_limit && *r.pids_limit <= 0) {
        r.pids_limit.reset();
    }
    if (r.pids_limit && !abilities.cgroup.pids_limit) {
        r.pids_limit.reset();
        warnings.emplace_back(
            "Your kernel does not support PIDs limit capabilities or the cgroup is not mounted. "
            "PIDs limit discarded.");
    }
}

void check_oom(api::Resources& r, const Abilities& abilities, std::vector<std::string>& warnings) {
    if (!r.oom_kill_disable.value_or(false)) {
        return;
    }
    if (!abilities.cgroup.oom_kill_disable) {
        r.oom_kill_disable = false;
        warnings.emplace_back(
            "Your kernel does not support OomKillDisable. OomKillDisable "
            "discarded.");
    } else if (r.memory == 0) {
        warnings.emplace_back(
            "OOM killer is disabled for the container, but no memory limit is "
            "set, this can result in the system running out of resources.");
    }
}

}  // namespace

Result<> validate_resources(api::Resources& resources, const Abilities& abilities,
                            std::vector<std::string>& warnings, bool update) {
    CHECK_OK(check_memory_limit(resources, abilities, update, warnings));
    CHECK_OK(check_memory_rest(resources));
    check_oom(resources, abilities, warnings);
    check_pids(resources, abilities, warnings);
    CHECK_OK(check_cpu(resources, abilities, warnings));
    CHECK_OK(check_cpuset(resources.cpuset_cpus, abilities.cpu_list, {"cpus", "CPUs"}));
    CHECK_OK(check_cpuset(resources.cpuset_mems, abilities.memory_list, {"mems", "memory nodes"}));
    return check_blkio(resources, abilities, warnings);
}

}  // namespace wherry::containers
