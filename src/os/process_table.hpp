// Processes and the machine's CPU time as /proc tells of them.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "base/result.hpp"

namespace wherry::os {

/// proc(5), in its units: ticks of sysconf(_SC_CLK_TCK), kB, pages.
struct ProcessFacts {
    pid_t pid = 0;
    std::string comm;
    std::string command_line;  ///< words joined by blanks; "[comm]" where there is none
    char state = '?';
    pid_t parent = 0;
    pid_t group = 0;
    pid_t session = 0;
    std::uint32_t tty = 0;  ///< device number, 0 for none
    pid_t tty_group = 0;
    std::uint64_t minor_faults = 0;
    std::uint64_t major_faults = 0;
    std::uint64_t user_ticks = 0;
    std::uint64_t system_ticks = 0;
    std::int64_t priority = 0;
    std::int64_t nice = 0;
    std::int64_t threads = 0;
    std::uint64_t start_ticks = 0;  ///< since the machine was started
    std::uint64_t virtual_kb = 0;
    std::uint64_t resident_kb = 0;
    std::uint64_t locked_kb = 0;
    std::uint32_t processor = 0;
    std::uint32_t policy = 0;
    std::string wchan;  ///< "-" while it runs
    uid_t uid = 0;      ///< effective
    gid_t gid = 0;
    uid_t real_uid = 0;
    gid_t real_gid = 0;
};

/// `not_found` when it has gone.
[[nodiscard]] Result<ProcessFacts> read_process(pid_t pid);

struct MachineTime {
    std::uint64_t cpu_ns = 0;  ///< of all processors, idle ones too
    std::uint32_t processors = 0;
    std::int64_t boot_time_s = 0;  ///< since 1970
    double uptime_s = 0;
};
[[nodiscard]] Result<MachineTime> machine_time();

/// Name of a user or group of this machine, or its number.
[[nodiscard]] std::string user_name(uid_t uid);
[[nodiscard]] std::string group_name(gid_t gid);

}  // namespace wherry::os
