// How far this process may raise limits for those it starts.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "base/result.hpp"

namespace wherry::os {

struct LimitCeilings {
    std::map<std::string, std::uint64_t> ulimits;  ///< highest hard limit by name ("nofile")
    std::int64_t oom_score_adj = -1000;            ///< the lowest that may be set
};

/// Without CAP_SYS_RESOURCE nothing rises above what this process has itself (setrlimit(2),
/// proc(5)); with it only `nofile` has an end (fs.nr_open).
[[nodiscard]] LimitCeilings limit_ceilings();

/// RLIMIT_… by the name of `ulimit` options; -1 for an unknown one.
[[nodiscard]] int rlimit_number(const std::string& name);

}  // namespace wherry::os
