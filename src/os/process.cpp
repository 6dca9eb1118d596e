#include "os/process.hpp"

#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

#include "base/scope_guard.hpp"
#include "os/syscall.hpp"

namespace wherry::os {

namespace {

/// argv or envp over texts that outlive it.
std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> out;
    out.reserve(texts.size() + 1);
    for (auto& text : texts) {
        out.push_back(text.data());
    }
    out.push_back(nullptr);
    return out;
}

/// Everything posix_spawn needs, made before the child exists.
class Spawner {
  public:
    Spawner() {
        ::posix_spawn_file_actions_init(&actions_);
        ::posix_spawnattr_init(&attributes_);
    }
    Spawner(const Spawner&) = delete;
    Spawner& operator=(const Spawner&) = delete;
    ~Spawner() {
        ::posix_spawn_file_actions_destroy(&actions_);
        ::posix_spawnattr_destroy(&attributes_);
    }

    Result<> prepare(const SpawnPlan& plan) {
        program_ = plan.program;
        arguments_.push_back(plan.name.empty() ? plan.program : plan.name);
        arguments_.insert(arguments_.end(), plan.arguments.begin(), plan.arguments.end());
        environment_ = plan.environment;
        argv_ = pointers(arguments_);
        envp_ = pointers(environment_);
        sigset_t none;
        sigset_t all;
        ::sigemptyset(&none);
        ::sigfillset(&all);
        ::posix_spawnattr_setsigmask(&attributes_, &none);
        ::posix_spawnattr_setsigdefault(&attributes_, &all);
        const int session = plan.new_session ? POSIX_SPAWN_SETSID : 0;
        ::posix_spawnattr_setflags(
            &attributes_,
            static_cast<short>(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | session));
        return place_fds(plan.fds);
    }

    /// 0 or an errno; async-signal-safe enough to be called in a vfork child (glibc's posix_spawn
    /// only maps a stack and clones).
    int run(pid_t& pid) {
        return ::posix_spawnp(&pid, program_.c_str(), &actions_, &attributes_, argv_.data(),
                              envp_.data());
    }

  private:
    Result<> place_fds(const std::vector<std::pair<int, int>>& fds) {
        int highest = 2;
        for (const auto& [ours, theirs] : fds) {
            highest = std::max(highest, theirs);
        }
        for (const auto& [ours, theirs] : fds) {
            int source = ours;
            // A source must not be overwritten before it was copied.
            if (ours <= highest) {
                TRY(source, checked("fcntl", "F_DUPFD_CLOEXEC", [&, fd = ours] {
                        return ::fcntl(fd, F_DUPFD_CLOEXEC, highest + 1);
                    }));
                moved_.emplace_back(source);
            }
            ::posix_spawn_file_actions_adddup2(&actions_, source, theirs);
        }
        return {};
    }

    std::string program_;
    std::vector<std::string> arguments_;
    std::vector<std::string> environment_;
    std::vector<char*> argv_;
    std::vector<char*> envp_;
    std::vector<UniqueFd> moved_;
    posix_spawn_file_actions_t actions_{};
    posix_spawnattr_t attributes_{};
};

}  // namespace

Result<pid_t> spawn(const SpawnPlan& plan) {
    Spawner spawner;
    CHECK_OK(spawner.prepare(plan));
    pid_t pid = 0;
    if (const int code = spawner.run(pid); code != 0) {
        return os_failure("spawn", plan.program, code);
    }
    return pid;
}

Result<pid_t> spawn_orphan(const SpawnPlan& plan) {
    Spawner spawner;
    CHECK_OK(spawner.prepare(plan));
    // No handler may run in the child, which shares our memory.
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    const auto restore = on_exit([&] { ::pthread_sigmask(SIG_SETMASK, &before, nullptr); });
    pid_t pid = 0;
    volatile int code = 0;
    // NOLINTNEXTLINE(bugprone-unsafe-functions): posix_spawn cannot leave its child to another
    const pid_t middle = ::vfork();
    if (middle == 0) {
        code = spawner.run(pid);
        ::_exit(0);
    }
    if (middle < 0) {
        return last_failure("vfork", plan.program);
    }
    // It has ended already; a program around us may have taken its status, which tells nothing.
    if (retry([&] { return ::waitpid(middle, nullptr, 0); }) < 0 && errno != ECHILD) {
        return last_failure("waitpid", plan.program);
    }
    if (code != 0) {
        return os_failure("spawn", plan.program, code);
    }
    return pid;
}

Result<pid_t> clone_sibling() {
    // The signal at its end is the caller's own.
    clone_args arguments{};
    arguments.flags = CLONE_PARENT;
    TRY(const auto pid,
        checked("clone3", "", [&] { return ::syscall(SYS_clone3, &arguments, sizeof arguments); }));
    return static_cast<pid_t>(pid);
}

Result<UniqueFd> open_pidfd(pid_t pid) {
    TRY(const auto fd, checked("pidfd_open", text::format("{}", pid),
                               [&] { return ::syscall(SYS_pidfd_open, pid, 0); }));
    return UniqueFd(static_cast<int>(fd));
}

Result<> signal_process(pid_t pid, int number) {
    CHECK_OK(checked("kill", text::format("{}", pid), [&] { return ::kill(pid, number); }));
    return {};
}

Result<> signal_pidfd(int pidfd, int number) {
    CHECK_OK(checked("pidfd_send_signal", "",
                     [&] { return ::syscall(SYS_pidfd_send_signal, pidfd, number, nullptr, 0); }));
    return {};
}

Result<> become_subreaper() {
    CHECK_OK(checked("prctl", "PR_SET_CHILD_SUBREAPER",
                     [] { return ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); }));
    return {};
}

std::optional<Ended> reap_any() {
    int status = 0;
    const pid_t pid = retry([&] { return ::waitpid(-1, &status, WNOHANG | __WALL); });
    if (pid <= 0) {
        return std::nullopt;
    }
    return Ended{pid, WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status)};
}

Result<UniqueFd> signal_descriptor(const std::vector<int>& numbers) {
    sigset_t set;
    ::sigemptyset(&set);
    for (const int number : numbers) {
        ::sigaddset(&set, number);
    }
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
    TRY(const int fd,
        checked("signalfd", "", [&] { return ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK); }));
    return UniqueFd(fd);
}

int take_signal(int fd) {
    signalfd_siginfo info{};
    const auto got = retry([&] { return ::read(fd, &info, sizeof info); });
    return got == sizeof info ? static_cast<int>(info.ssi_signo) : 0;
}

void ignore_signal(int number) {
    ::signal(number, SIG_IGN);
}

}  // namespace wherry::os
