#include "os/cgroup_stats.hpp"

#include <unistd.h>

#include <optional>

#include "base/text.hpp"
#include "os/cgroup.hpp"
#include "os/cgroup_features.hpp"
#include "os/file.hpp"

namespace wherry::os {

namespace {

using Table = std::map<std::string, std::uint64_t, std::less<>>;

std::string read_or_empty(const std::string& path) {
    return read_file(path).value_or("");
}

/// A file of one number; 0 for "max", and where it is missing.
std::uint64_t number_in(const std::string& path) {
    const std::string text = read_or_empty(path);
    return text::parse_int<std::uint64_t>(text::trim(text)).value_or(0);
}

/// Lines of "KEY NUMBER".
Table table_in(const std::string& path) {
    Table table;
    const std::string text = read_or_empty(path);
    for (const auto line : text::split(text, '\n')) {
        if (const auto parts = text::cut(line, " ")) {
            table[std::string(parts->first)] =
                text::parse_int<std::uint64_t>(text::trim(parts->second)).value_or(0);
        }
    }
    return table;
}

std::uint64_t value_of(const Table& table, std::string_view key) {
    const auto at = table.find(key);
    return at == table.end() ? 0 : at->second;
}

/// "MAJOR:MINOR".
std::optional<BlockCounter> device_of(std::string_view text) {
    const auto parts = text::cut(text, ":");
    const auto major = parts ? text::parse_int<std::uint64_t>(parts->first) : std::nullopt;
    const auto minor = parts ? text::parse_int<std::uint64_t>(parts->second) : std::nullopt;
    if (!major || !minor) {
        return std::nullopt;
    }
    return BlockCounter{.major = *major, .minor = *minor, .op = {}, .value = 0};
}

std::uint64_t ticks_to_ns(std::uint64_t ticks) {
    static const auto per_second = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
    return ticks * (1'000'000'000 / per_second);
}

void read_v2(const std::string& folder, CgroupStats& out) {
    const Table cpu = table_in(folder + "/cpu.stat");
    out.cpu_ns = value_of(cpu, "usage_usec") * 1000;
    out.kernel_ns = value_of(cpu, "system_usec") * 1000;
    out.user_ns = value_of(cpu, "user_usec") * 1000;
    out.periods = value_of(cpu, "nr_periods");
    out.throttled_periods = value_of(cpu, "nr_throttled");
    out.throttled_ns = value_of(cpu, "throttled_usec") * 1000;
    out.memory = number_in(folder + "/memory.current");
    out.memory_limit = number_in(folder + "/memory.max");
    out.memory_failures = value_of(table_in(folder + "/memory.events"), "oom");
    for (const auto& [key, value] : table_in(folder + "/memory.stat")) {
        out.memory_details[key] = value;
    }
    const std::string io = read_or_empty(folder + "/io.stat");
    for (const auto line : text::split(io, '\n')) {
        const auto words = text::split(line, ' ');
        const auto device = device_of(words.front());
        for (std::size_t i = 1; device && i < words.size(); ++i) {
            const auto pair = text::cut(words[i], "=");
            if (!pair || (pair->first != "rbytes" && pair->first != "wbytes")) {
                continue;
            }
            BlockCounter counter = *device;
            counter.op = pair->first == "rbytes" ? "read" : "write";
            counter.value = text::parse_int<std::uint64_t>(pair->second).value_or(0);
            out.block_bytes.push_back(std::move(counter));
        }
    }
}

/// Lines of "MAJOR:MINOR OP NUMBER"; the sum at the end has no device.
std::vector<BlockCounter> block_counters(const std::string& path) {
    std::vector<BlockCounter> out;
    const std::string text = read_or_empty(path);
    for (const auto line : text::split(text, '\n')) {
        const auto words = text::split(line, ' ');
        auto device = words.size() == 3 ? device_of(words[0]) : std::nullopt;
        if (device) {
            device->op = words[1];
            device->value = text::parse_int<std::uint64_t>(words[2]).value_or(0);
            out.push_back(std::move(*device));
        }
    }
    return out;
}

std::string v1_folder(const char* controller, const std::string& path) {
    const std::string mount = cgroup_v1_mount(controller);
    return mount.empty() ? std::string() : mount + path;
}

void read_v1_memory(const std::string& folder, CgroupStats& out) {
    // A limit that is none reads as the largest number of pages.
    constexpr std::uint64_t no_limit = std::uint64_t{1} << 62;
    out.memory = number_in(folder + "/memory.usage_in_bytes");
    out.most_memory = number_in(folder + "/memory.max_usage_in_bytes");
    out.memory_failures = number_in(folder + "/memory.failcnt");
    const std::uint64_t limit = number_in(folder + "/memory.limit_in_bytes");
    out.memory_limit = limit >= no_limit ? 0 : limit;
    for (const auto& [key, value] : table_in(folder + "/memory.stat")) {
        out.memory_details[key] = value;
    }
}

void read_v1(const std::string& path, CgroupStats& out) {
    const std::string usage = v1_folder("cpuacct", path);
    out.cpu_ns = number_in(usage + "/cpuacct.usage");
    const std::string per_cpu = read_or_empty(usage + "/cpuacct.usage_percpu");
    for (const auto word : text::split(text::trim(per_cpu), ' ')) {
        if (const auto value = text::parse_int<std::uint64_t>(word)) {
            out.per_cpu_ns.push_back(*value);
        }
    }
    const Table split = table_in(usage + "/cpuacct.stat");
    out.kernel_ns = ticks_to_ns(value_of(split, "system"));
    out.user_ns = ticks_to_ns(value_of(split, "user"));
    const Table cpu = table_in(v1_folder("cpu", path) + "/cpu.stat");
    out.periods = value_of(cpu, "nr_periods");
    out.throttled_periods = value_of(cpu, "nr_throttled");
    out.throttled_ns = value_of(cpu, "throttled_time");
    read_v1_memory(v1_folder("memory", path), out);
    const std::string block = v1_folder("blkio", path) + "/blkio.throttle.";
    out.block_bytes = block_counters(block + "io_service_bytes_recursive");
    out.block_operations = block_counters(block + "io_serviced_recursive");
}

}  // namespace

Result<CgroupStats> cgroup_stats(const std::string& path) {
    CgroupStats out;
    const bool v2 = cgroup_mode() == CgroupMode::v2;
    const std::string folder = v2 ? "/sys/fs/cgroup" + path : v1_folder("pids", path);
    if (!exists(folder)) {
        return fail(ErrorKind::not_found, "control group {}: no such group", path);
    }
    if (v2) {
        out.version = 2;
        read_v2(folder, out);
    } else {
        read_v1(path, out);
    }
    out.processes = number_in(folder + "/pids.current");
    out.process_limit = number_in(folder + "/pids.max");
    return out;
}

}  // namespace wherry::os
