// Processes in the columns of ps(1), read from /proc: no program is started for it. Pure.
#pragma once

#include <string_view>
#include <vector>

#include "api/generated/container.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "os/process_table.hpp"

namespace wherry::containers {

/// What columns are made from besides a process.
struct TopMachine {
    os::MachineTime time;
    std::uint64_t memory_kb = 0;
    Time now{};
};

/// `ps_args` is "-ef" (also for ""), "aux", or "-o" (also "-eo", "o" …) with columns; others are
/// 500, as a ps that refuses its options is. So is a list without the column PID.
[[nodiscard]] Result<api::ContainerTopResponse> top_table(
    std::string_view ps_args, const std::vector<os::ProcessFacts>& processes,
    const TopMachine& machine);

}  // namespace wherry::containers
