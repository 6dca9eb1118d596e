// The launcher: a program of its own, started by a monitor, that makes a process beside a payload.
// It joins the container's control groups and namespaces, makes the process as a child of the
// monitor, answers when the process's program runs, and ends. It has one thread.
#pragma once

#include "base/result.hpp"
#include "os/unique_fd.hpp"

namespace wherry::launch {

/// What the launcher is started with.
struct Inputs {
    os::UniqueFd request;   ///< a file: an encoded wire::LaunchRequest
    os::UniqueFd process1;  ///< pidfd of the container's process 1
    os::UniqueFd answer;    ///< a packet socket: takes one wire::LaunchResult
};

/// Sends the answer; an error is one that could not be sent. In the process that it makes it does
/// not return.
[[nodiscard]] Result<> run(const Inputs& inputs);

}  // namespace wherry::launch
