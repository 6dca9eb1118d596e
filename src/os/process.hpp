// Starting programs (posix_spawn, never fork), watching and reaping them.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "os/unique_fd.hpp"

namespace wherry::os {

struct SpawnPlan {
    std::string program;                   ///< a path; looked up in PATH if it has no slash
    std::string name;                      ///< argv[0]; empty: as the program
    std::vector<std::string> arguments;    ///< without the program's own name
    std::vector<std::string> environment;  ///< "NAME=value"; what is not named is not passed on
    std::vector<std::pair<int, int>> fds;  ///< {ours, the child's}; all others are closed on exec
    bool new_session = false;
};

/// Starts a child with default signals and nothing blocked. The caller reaps it.
[[nodiscard]] Result<pid_t> spawn(const SpawnPlan& plan);
/// Starts a process that is nobody's child: its parent has ended before this returns, so init (or
/// the nearest subreaper) reaps it.
[[nodiscard]] Result<pid_t> spawn_orphan(const SpawnPlan& plan);

/// In the new process, a copy of the caller and a child of the caller's parent: 0. In the caller:
/// its number. Only for a program with one thread.
[[nodiscard]] Result<pid_t> clone_sibling();

[[nodiscard]] Result<UniqueFd> open_pidfd(pid_t pid);
[[nodiscard]] Result<> signal_process(pid_t pid, int number);
/// The same by a pidfd: never a process that has got the number since.
[[nodiscard]] Result<> signal_pidfd(int pidfd, int number);
/// Orphaned descendants become children of this process.
[[nodiscard]] Result<> become_subreaper();

struct Ended {
    pid_t pid = 0;
    int status = 0;  ///< 0..255; 128 + signal
};
/// A child that has ended, reaped; nothing if there is none now.
[[nodiscard]] std::optional<Ended> reap_any();

/// A descriptor that becomes readable when one of the signals arrives; they are blocked.
[[nodiscard]] Result<UniqueFd> signal_descriptor(const std::vector<int>& numbers);
/// Takes one signal from it; 0 if there is none.
[[nodiscard]] int take_signal(int fd);
void ignore_signal(int number);

}  // namespace wherry::os
