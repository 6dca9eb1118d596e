#include "monitor/exec.hpp"

#include "os/file.hpp"

namespace wherry::monitor {

namespace {

/// Where the runtime finds the process's description if it was passed as a descriptor.
constexpr int process_fd = 3;

}  // namespace

Exec::Exec(EventLoop& loop, const wire::StartRequest& container, unsigned number, Events events)
    : container_(container),
      number_(number),
      events_(std::move(events)),
      stdio_(loop, events_.attach_ended),
      loop_(loop) {}

Exec::~Exec() = default;

RuntimeExec Exec::files() const {
    const std::string stem = text::format("{}/e{}", container_.bundle, number_);
    return {.pid_file = stem + ".pid",
            .log = stem + ".log",
            .console = console_ ? stem + ".tty" : std::string()};
}

void Exec::start(ExecPlan plan) {
    program_ = plan.program;
    if (auto prepared = prepare(std::move(plan)); !prepared) {
        fail_start({wire::FailureCode::other, prepared.error().message()});
    }
}

Result<> Exec::prepare(ExecPlan plan) {
    if (plan.stdio.terminal) {
        console_.emplace(loop_,
                         [this](os::UniqueFd master) { stdio_.take_console(std::move(master)); });
        CHECK_OK(console_->open(files().console));
    }
    TRY(auto ends, stdio_.prepare(plan.stdio));
    RuntimeExec exec = files();
    exec.process = plan.process_fd ? text::format("/proc/self/fd/{}", process_fd)
                                   : std::move(plan.process_path);
    auto spawn = exec_plan(container_, exec);
    for (int i = 0; i < 3; ++i) {
        spawn.fds.emplace_back(ends.fds[static_cast<std::size_t>(i)].get(), i);
    }
    if (plan.process_fd) {
        spawn.fds.emplace_back(plan.process_fd.get(), process_fd);
    }
    TRY(runtime_, os::spawn(spawn));
    return {};
}

bool Exec::reaped(const os::Ended& ended) {
    if (runtime_ != 0 && ended.pid == runtime_) {
        runtime_ = 0;
        runtime_ended(ended.status);
        return true;
    }
    if (!alive_ || ended.pid != pid_) {
        return false;
    }
    alive_ = false;
    status_ = ended.status;
    stdio_.payload_ended([this] {
        over_ = true;
        events_.ended(status_);
        stdio_.finish();
    });
    return true;
}

void Exec::runtime_ended(int status) {
    if (console_) {
        console_->poll();  // it may have come in the same turn of the loop
    }
    const RuntimeExec exec = files();
    const auto pid_text = os::read_file(exec.pid_file);
    const auto pid = pid_text ? parse_pid(*pid_text) : std::nullopt;
    std::string text;
    if (status != 0 || !pid) {
        const auto told = os::read_file(exec.log);
        text = told ? text::trim(*told) : std::string_view();
        if (text.empty()) {
            text = stdio_.early_errors();
        }
    }
    for (const std::string& file : {exec.pid_file, exec.log, exec.console}) {
        if (!file.empty()) {
            (void)os::remove_file(file);
        }
    }
    console_.reset();
    if (status == 0 && pid) {
        pid_ = *pid;
        alive_ = true;
        events_.started(pid_);
        stdio_.begin();
        return;
    }
    if (text.empty()) {
        text = text::format("{} ended with status {}", container_.runtime, status);
    }
    fail_start(exec_failure(program_, text));
}

void Exec::fail_start(wire::Failure failure) {
    over_ = true;
    stdio_.say(failure.text + "\r\n");
    events_.failed(failure);
    stdio_.finish();
}

}  // namespace wherry::monitor
