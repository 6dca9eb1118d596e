#include "monitor/exec.hpp"

#include "base/log.hpp"
#include "monitor/runtime.hpp"

namespace wherry::monitor {

Exec::Exec(EventLoop& loop, const wire::StartRequest& container, unsigned number, Events events)
    : container_(container),
      number_(number),
      events_(std::move(events)),
      stdio_(loop, events_.attach_ended),
      loop_(loop) {}

Exec::~Exec() = default;

void Exec::start(ExecPlan plan) {
    program_ = plan.program;
    if (auto prepared = prepare(std::move(plan)); !prepared) {
        fail_start({wire::FailureCode::other, prepared.error().message()});
    }
}

Result<> Exec::prepare(ExecPlan plan) {
    ExecWay::TakeConsole take_console;
    if (plan.stdio.terminal) {
        take_console = [this](os::UniqueFd master) { stdio_.take_console(std::move(master)); };
    }
    TRY(const auto ends, stdio_.prepare(plan.stdio));
    if (!plan.launch.empty() && !container_.launcher.empty()) {
        TRY(auto process, wire::decode<wire::ProcessPlan>(plan.launch));
        const Result<> begun = begin(launcher_way(container_, {.process = std::move(process),
                                                               .height = plan.stdio.height,
                                                               .width = plan.stdio.width,
                                                               .take_console = take_console}),
                                     ends);
        if (begun) {
            return {};
        }
        // A machine's policy may forbid programs in memory.
        log::debug("id={} {}", container_.container_id, begun.error().message());
    }
    return begin(runtime_way(loop_, container_,
                             {.number = number_,
                              .process_path = std::move(plan.process_path),
                              .process_fd = std::move(plan.process_fd),
                              .take_console = std::move(take_console)}),
                 ends);
}

Result<> Exec::begin(std::unique_ptr<ExecWay> way, const Stdio::ChildEnds& ends) {
    TRY(auto spawn, way->plan());
    for (int i = 0; i < 3; ++i) {
        spawn.fds.emplace_back(ends.fds[static_cast<std::size_t>(i)].get(), i);
    }
    TRY(starter_, os::spawn(spawn));
    way_ = std::move(way);
    return {};
}

bool Exec::reaped(const os::Ended& ended) {
    if (starter_ != 0 && ended.pid == starter_) {
        starter_ = 0;
        starter_ended(ended.status);
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

void Exec::starter_ended(int status) {
    ExecWay::Outcome outcome = way_->ended(status);
    way_.reset();
    if (outcome.pid != 0) {
        pid_ = outcome.pid;
        alive_ = true;
        events_.started(pid_);
        stdio_.begin();
        return;
    }
    wire::Failure failure = std::move(outcome.failure);
    if (failure.text.empty() && failure.code == wire::FailureCode::other) {
        failure.text = stdio_.early_errors();
        failure.code = classify(failure.text);
    }
    if (failure.text.empty() && failure.code == wire::FailureCode::other) {
        failure.text = text::format("{} ended with status {}", container_.runtime, status);
    }
    fail_start(exec_failure(program_, failure));
}

void Exec::fail_start(const wire::Failure& failure) {
    over_ = true;
    stdio_.say(failure.text + "\r\n");
    events_.failed(failure);
    stdio_.finish();
}

}  // namespace wherry::monitor
