#include "launch/launcher.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>

#include "codec/wire/launch.hpp"
#include "launch/process.hpp"
#include "os/cgroup.hpp"
#include "os/credentials.hpp"
#include "os/file.hpp"
#include "os/namespace.hpp"
#include "os/packet_socket.hpp"
#include "os/process.hpp"
#include "os/pty.hpp"
#include "os/syscall.hpp"

namespace wherry::launch {

namespace {

/// What is made ready outside of the container.
struct Preparation {
    std::string filter;
    os::UniqueFd proc;
    os::Terminal terminal;
};

Result<std::string> read_filter(const wire::LaunchRequest& request) {
    if (!request.process.filtered) {
        return std::string();
    }
    TRY(std::string filter, os::read_file(request.filter));
    if (filter.empty()) {
        return fail(ErrorKind::internal, "{} is empty", request.filter);
    }
    return filter;
}

/// The number of the process that a pidfd names, as this process's /proc counts.
Result<pid_t> process_of(int pidfd) {
    constexpr std::string_view name = "Pid:";
    TRY(const std::string info, os::read_file(text::format("/proc/self/fdinfo/{}", pidfd)));
    for (const auto line : text::split(info, '\n')) {
        if (line.starts_with(name)) {
            const auto pid = text::parse_int<pid_t>(text::trim(line.substr(name.size())));
            if (pid && *pid > 0) {
                return *pid;
            }
        }
    }
    return Error(ErrorKind::not_found, "the container's process 1 has ended");
}

/// From here on nothing of the host is within reach but what was opened before.
Result<Preparation> enter_container(const wire::LaunchRequest& request, int process1) {
    Preparation ready;
    CHECK_OK(os::hide_from_tracers());
    TRY(ready.filter, read_filter(request));
    TRY(const pid_t pid, process_of(process1));
    TRY(ready.proc, os::open("/proc", O_PATH | O_DIRECTORY));
    CHECK_OK(os::join_session_keyring(request.container_id.c_str()));
    if (request.process.adjusts_oom) {
        CHECK_OK(os::write_file("/proc/self/oom_score_adj",
                                text::format("{}", request.process.oom_score_adj)));
    }
    CHECK_OK(os::join_cgroup(request.cgroup, pid));
    CHECK_OK(os::join_namespaces(process1));
    if (request.terminal) {
        TRY(ready.terminal, os::open_terminal());
        CHECK_OK(os::set_window_size(ready.terminal.master.get(), request.height, request.width));
    }
    return ready;
}

/// In the new process: tells on `failures` why it did not become the program.
[[noreturn]] void be_process(const wire::LaunchRequest& request, const Preparation& ready,
                             int failures) {
    const Process process{.plan = request.process,
                          .filter = ready.filter,
                          .terminal = request.terminal ? &ready.terminal : nullptr,
                          .proc = ready.proc.get()};
    const auto text = wire::encode(become_process(process), 0);
    static_cast<void>(os::write_all(failures, text));
    ::_exit(1);
}

Result<wire::LaunchResult> make_process(const wire::LaunchRequest& request,
                                        const Preparation& ready) {
    std::array<int, 2> ends{};
    CHECK_OK(os::checked("pipe", "", [&] { return ::pipe2(ends.data(), O_CLOEXEC); }));
    const os::UniqueFd failures(ends[0]);
    os::UniqueFd told(ends[1]);
    TRY(const pid_t pid, os::clone_sibling());
    if (pid == 0) {
        be_process(request, ready, told.get());
    }
    told.reset();
    // The other end is closed by the program's start.
    TRY(const std::string bytes, os::read_all(failures.get()));
    if (bytes.empty()) {
        return wire::LaunchResult{.pid = pid};
    }
    TRY(auto failure, wire::decode<wire::Failure>(bytes));
    return wire::LaunchResult{.pid = 0, .code = failure.code, .text = std::move(failure.text)};
}

}  // namespace

Result<> run(const Inputs& inputs) {
    os::UniqueFd master;
    const auto launch = [&]() -> Result<wire::LaunchResult> {
        TRY(const std::string bytes, os::read_from_start(inputs.request.get()));
        TRY(const auto request, wire::decode<wire::LaunchRequest>(bytes));
        TRY(auto ready, enter_container(request, inputs.process1.get()));
        TRY(auto made, make_process(request, ready));
        master = std::move(ready.terminal.master);
        return made;
    };
    auto result = launch();
    if (!result) {
        result = wire::LaunchResult{.text = std::move(result).error().message()};
    }
    std::vector<int> fds;
    if (master && result->pid != 0) {
        fds.push_back(master.get());
    }
    TRY(const bool sent, os::send_packet(inputs.answer.get(), wire::encode(*result, 0), fds));
    return sent ? Result<>() : Result<>(Error(ErrorKind::internal, "the answer was not taken"));
}

}  // namespace wherry::launch
