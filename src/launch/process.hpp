// The last steps of a process beside a payload, inside its container: from a copy of the launcher
// to the program that was asked for.
#pragma once

#include <string>

#include "codec/wire/launch.hpp"
#include "os/pty.hpp"

namespace wherry::launch {

struct Process {
    const wire::ProcessPlan& plan;
    std::string filter;            ///< the seccomp filter's bytes; empty: none
    const os::Terminal* terminal;  ///< null: standard input and output stay as they are
    int proc = -1;                 ///< the host's /proc: the container's may be anything
};

/// Returns only on failure: with the code that tells a missing program from one that must not be
/// run, and the text that clients are told (runc's words, which Docker's users know).
[[nodiscard]] wire::Failure become_process(const Process& process);

/// Where PATH of `environment` says that a program may be; `program` itself if it has a slash.
[[nodiscard]] std::vector<std::string> candidates(const std::string& program,
                                                  const std::vector<std::string>& environment);

}  // namespace wherry::launch
