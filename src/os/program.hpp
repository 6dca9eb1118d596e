// Running a helper program to its end, with a text as its input. Blocks: not on the loop.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace wherry::os {

struct ProgramResult {
    int exit_code = 0;   ///< 128 + signal where a signal ended it
    std::string output;  ///< standard output and standard error
    int pid = 0;         ///< what it was called while it ran
};

/// Starts `arguments[0]` (a path, or a name looked up in PATH and the system folders) by
/// posix_spawn. One that runs longer than `limit` is killed, and that is an error.
[[nodiscard]] Result<ProgramResult> run_program(const std::vector<std::string>& arguments,
                                                std::string_view input,
                                                std::chrono::milliseconds limit);

}  // namespace wherry::os
