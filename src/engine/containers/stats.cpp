#include "engine/containers/stats.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "engine/containers/containers.hpp"
#include "engine/containers/start_plan.hpp"
#include "os/cgroup_stats.hpp"
#include "os/file.hpp"
#include "os/host.hpp"
#include "os/process_table.hpp"

namespace wherry::containers {

namespace {

constexpr std::chrono::seconds interval{1};
constexpr std::string_view zero_time = "0001-01-01T00:00:00Z";

/// What of memory.stat the reference shows.
constexpr std::array v1_details = {"active_anon",
                                   "active_file",
                                   "cache",
                                   "dirty",
                                   "hierarchical_memory_limit",
                                   "hierarchical_memsw_limit",
                                   "inactive_anon",
                                   "inactive_file",
                                   "mapped_file",
                                   "pgfault",
                                   "pgmajfault",
                                   "pgpgin",
                                   "pgpgout",
                                   "rss",
                                   "rss_huge",
                                   "total_active_anon",
                                   "total_active_file",
                                   "total_cache",
                                   "total_dirty",
                                   "total_inactive_anon",
                                   "total_inactive_file",
                                   "total_mapped_file",
                                   "total_pgfault",
                                   "total_pgmajfault",
                                   "total_pgpgin",
                                   "total_pgpgout",
                                   "total_rss",
                                   "total_rss_huge",
                                   "total_unevictable",
                                   "total_writeback",
                                   "unevictable",
                                   "writeback"};
constexpr std::array v2_details = {"active_anon",
                                   "active_file",
                                   "anon",
                                   "anon_thp",
                                   "file",
                                   "file_dirty",
                                   "file_mapped",
                                   "file_writeback",
                                   "inactive_anon",
                                   "inactive_file",
                                   "kernel_stack",
                                   "pgactivate",
                                   "pgdeactivate",
                                   "pgfault",
                                   "pglazyfree",
                                   "pglazyfreed",
                                   "pgmajfault",
                                   "pgrefill",
                                   "pgscan",
                                   "pgsteal",
                                   "shmem",
                                   "slab",
                                   "slab_reclaimable",
                                   "slab_unreclaimable",
                                   "sock",
                                   "thp_collapse_alloc",
                                   "thp_fault_alloc",
                                   "unevictable",
                                   "workingset_activate",
                                   "workingset_nodereclaim",
                                   "workingset_refault"};

/// What a sample is made of.
struct SampleInput {
    std::string cgroup;
    std::int64_t pid = 0;
    bool own_network = false;
};

api::ContainerCPUStats cpu_of(const os::CgroupStats& group, const os::MachineTime& machine) {
    api::ContainerCPUStats cpu;
    cpu.cpu_usage.total_usage = group.cpu_ns;
    if (!group.per_cpu_ns.empty()) {
        cpu.cpu_usage.percpu_usage = group.per_cpu_ns;
    }
    cpu.cpu_usage.usage_in_kernelmode = group.kernel_ns;
    cpu.cpu_usage.usage_in_usermode = group.user_ns;
    cpu.system_cpu_usage = machine.cpu_ns;
    cpu.online_cpus = machine.processors;
    cpu.throttling_data.periods = group.periods;
    cpu.throttling_data.throttled_periods = group.throttled_periods;
    cpu.throttling_data.throttled_time = group.throttled_ns;
    return cpu;
}

api::ContainerMemoryStats memory_of(const os::CgroupStats& group) {
    api::ContainerMemoryStats memory;
    memory.usage = group.memory;
    memory.max_usage = group.most_memory;
    memory.failcnt = group.memory_failures;
    const std::uint64_t machine = os::host_facts().memory_bytes;
    const bool limited = group.memory_limit > 0 && group.memory_limit < machine;
    memory.limit = limited ? group.memory_limit : machine;
    const auto add = [&](const char* key) {
        const auto at = group.memory_details.find(key);
        if (at != group.memory_details.end()) {
            memory.stats[key] = at->second;
        }
    };
    if (group.version == 2) {
        std::ranges::for_each(v2_details, add);
    } else {
        std::ranges::for_each(v1_details, add);
    }
    return memory;
}

api::List<api::ContainerBlkioStatEntry> block_entries(
    const std::vector<os::BlockCounter>& counters) {
    auto out = api::List<api::ContainerBlkioStatEntry>::empty_list();
    for (const os::BlockCounter& counter : counters) {
        api::ContainerBlkioStatEntry entry;
        entry.major = counter.major;
        entry.minor = counter.minor;
        entry.op = counter.op;
        entry.value = counter.value;
        out.push_back(std::move(entry));
    }
    return out;
}

api::ContainerBlkioStats block_of(const os::CgroupStats& group) {
    api::ContainerBlkioStats block;
    block.io_service_bytes_recursive = block_entries(group.block_bytes);
    if (group.version == 1) {
        block.io_serviced_recursive = block_entries(group.block_operations);
        for (auto* list : {&block.io_queue_recursive, &block.io_service_time_recursive,
                           &block.io_wait_time_recursive, &block.io_merged_recursive,
                           &block.io_time_recursive, &block.sectors_recursive}) {
            list->set_present();
        }
    }
    return block;
}

api::ContainerStatsResponse no_sample() {
    api::ContainerStatsResponse none;
    none.read = zero_time;
    none.preread = zero_time;
    return none;
}

/// Blocks.
Result<api::ContainerStatsResponse> read_sample(const SampleInput& input) {
    auto group = os::cgroup_stats(input.cgroup);
    if (!group && group.error().kind() == ErrorKind::not_found) {
        return no_sample();  // it has ended meanwhile
    }
    CHECK_OK(group.ok() ? Result<>() : Result<>(group.error()));
    TRY(const auto machine, os::machine_time());
    api::ContainerStatsResponse out = no_sample();
    out.read = rfc3339_nano(now());
    out.cpu_stats = cpu_of(*group, machine);
    out.memory_stats = memory_of(*group);
    out.pids_stats.current = group->processes;
    out.pids_stats.limit = group->process_limit;
    out.blkio_stats = block_of(*group);
    if (input.own_network) {
        const auto table = os::read_file(text::format("/proc/{}/net/dev", input.pid));
        if (table) {
            out.networks = parse_net_dev(*table);
        }
    }
    return out;
}

Task<Result<api::ContainerStatsResponse>> take_sample(Containers& containers,
                                                      ContainerPtr container) {
    if (!container->state.alive()) {
        co_return no_sample();
    }
    const SampleInput input{.cgroup = cgroup_path(container->record),
                            .pid = container->state.pid,
                            .own_network = container->record.host.network_mode != "host"};
    const auto read = [input] { return read_sample(input); };
    co_return co_await async::blocking(containers.file_pool(), read);
}

void name_sample(api::ContainerStatsResponse& sample, const Container& container) {
    sample.name = "/" + container.record.name;
    sample.id = container.id();
}

void follow_on(api::ContainerStatsResponse& sample, const api::ContainerStatsResponse& before) {
    sample.preread = before.read;
    sample.precpu_stats = before.cpu_stats;
}

}  // namespace

api::Map<api::ContainerNetworkStats> parse_net_dev(std::string_view text) {
    api::Map<api::ContainerNetworkStats> out;
    for (const auto line : text::split(text, '\n')) {
        const auto parts = text::cut(line, ":");
        const std::string_view name = parts ? text::trim(parts->first) : std::string_view();
        if (!name.starts_with("eth")) {
            continue;
        }
        auto words = text::split(parts->second, ' ');
        std::erase(words, "");
        const auto number = [&words](std::size_t at) {
            return at < words.size() ? text::parse_int<std::uint64_t>(words[at]).value_or(0) : 0;
        };
        api::ContainerNetworkStats& stats = out[std::string(name)];
        stats.rx_bytes = number(0);
        stats.rx_packets = number(1);
        stats.rx_errors = number(2);
        stats.rx_dropped = number(3);
        stats.tx_bytes = number(8);
        stats.tx_packets = number(9);
        stats.tx_errors = number(10);
        stats.tx_dropped = number(11);
    }
    return out;
}

Task<Result<>> sample_stats(Containers& containers, ContainerPtr container, StatsQuery query,
                            TakeStats take) {
    CO_TRY(auto sample, co_await take_sample(containers, container));
    if (!query.stream && query.one_shot) {
        co_return co_await take(std::move(sample));
    }
    if (!query.stream) {
        if (container->state.alive()) {
            CO_CHECK_OK(co_await async::sleep(interval));
            CO_TRY(auto second, co_await take_sample(containers, container));
            follow_on(second, sample);
            sample = std::move(second);
        }
        name_sample(sample, *container);
        co_return co_await take(std::move(sample));
    }
    while (true) {
        name_sample(sample, *container);
        const api::ContainerStatsResponse before = sample;
        CO_CHECK_OK(co_await take(std::move(sample)));
        CO_CHECK_OK(co_await async::sleep(interval));
        if (container->removed) {
            co_return Result<>();
        }
        CO_TRY(sample, co_await take_sample(containers, container));
        follow_on(sample, before);
    }
}

}  // namespace wherry::containers
