// What a control group has used so far, on v2 and on v1.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace wherry::os {

struct BlockCounter {
    std::uint64_t major = 0;
    std::uint64_t minor = 0;
    std::string op;  ///< as the kernel calls it: "Read" on v1, "read" for v2's rbytes
    std::uint64_t value = 0;
};

struct CgroupStats {
    int version = 1;
    std::uint64_t cpu_ns = 0;
    std::vector<std::uint64_t> per_cpu_ns;  ///< v1 alone
    std::uint64_t kernel_ns = 0;
    std::uint64_t user_ns = 0;
    std::uint64_t periods = 0;
    std::uint64_t throttled_periods = 0;
    std::uint64_t throttled_ns = 0;
    std::uint64_t memory = 0;
    std::uint64_t most_memory = 0;  ///< v1 alone
    std::uint64_t memory_failures = 0;
    std::uint64_t memory_limit = 0;  ///< 0 where there is none
    std::map<std::string, std::uint64_t> memory_details;
    std::uint64_t processes = 0;
    std::uint64_t process_limit = 0;  ///< 0 where there is none
    std::vector<BlockCounter> block_bytes;
    std::vector<BlockCounter> block_operations;  ///< v1 alone
};

/// `path` as an OCI runtime was given it. Counters whose controller is missing stay 0; `not_found`
/// where there is no such group.
[[nodiscard]] Result<CgroupStats> cgroup_stats(const std::string& path);

}  // namespace wherry::os
