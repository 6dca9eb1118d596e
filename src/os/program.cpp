#include "os/program.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "base/scope_guard.hpp"
#include "os/file.hpp"
#include "os/search_path.hpp"
#include "os/syscall.hpp"
#include "os/unique_fd.hpp"

namespace wherry::os {

namespace {

Result<pid_t> spawn(const std::vector<std::string>& arguments, int input, int output) {
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    const auto free_actions =
        on_exit([&]() noexcept { ::posix_spawn_file_actions_destroy(&actions); });
    ::posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
    posix_spawnattr_t attributes;
    ::posix_spawnattr_init(&attributes);
    const auto free_attributes =
        on_exit([&]() noexcept { ::posix_spawnattr_destroy(&attributes); });
    sigset_t none;
    sigset_t all;
    ::sigemptyset(&none);
    ::sigfillset(&all);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setsigdefault(&attributes, &all);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);

    std::vector<char*> argv;
    for (const std::string& argument : arguments) {
        argv.push_back(const_cast<char*>(argument.c_str()));
    }
    argv.push_back(nullptr);
    const std::string path = find_program(arguments.front());
    if (path.empty()) {
        return os_failure("start", arguments.front(), ENOENT);
    }
    pid_t pid = -1;
    if (const int code =
            ::posix_spawn(&pid, path.c_str(), &actions, &attributes, argv.data(), environ);
        code != 0) {
        return os_failure("start", arguments.front(), code);
    }
    return pid;
}

/// True if the process has ended within the limit.
bool ended_within(pid_t pid, std::chrono::milliseconds limit) {
    const UniqueFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    if (!pidfd) {
        return true;  // ended already, or an old kernel: waitpid will tell
    }
    pollfd wait{.fd = pidfd.get(), .events = POLLIN, .revents = 0};
    return retry([&] { return ::poll(&wait, 1, static_cast<int>(limit.count())); }) > 0;
}

}  // namespace

Result<ProgramResult> run_program(const std::vector<std::string>& arguments, std::string_view input,
                                  std::chrono::milliseconds limit) {
    // Files, not pipes: nobody waits for a reader.
    TRY(const UniqueFd in, memory_file("input"));
    TRY(const UniqueFd out, memory_file("output"));
    CHECK_OK(write_all(in.get(), input));
    CHECK_OK(checked("seek", "input", [&] { return ::lseek(in.get(), 0, SEEK_SET); }));
    TRY(const pid_t pid, spawn(arguments, in.get(), out.get()));
    const bool ended = ended_within(pid, limit);
    if (!ended) {
        ::kill(pid, SIGKILL);
    }
    int status = 0;
    if (retry([&] { return ::waitpid(pid, &status, 0); }) < 0) {
        if (errno == ECHILD) {
            return fail(ErrorKind::internal,
                        "{}: this process takes the exit statuses of children that are not its own",
                        arguments.front());
        }
        return last_failure("waitpid", arguments.front());
    }
    if (!ended) {
        return fail(ErrorKind::internal, "{} did not end within {} ms", arguments.front(),
                    limit.count());
    }
    ProgramResult result;
    result.pid = pid;
    result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    CHECK_OK(checked("seek", "output", [&] { return ::lseek(out.get(), 0, SEEK_SET); }));
    TRY(result.output, read_all(out.get()));
    return result;
}

}  // namespace wherry::os
