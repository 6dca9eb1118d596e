#include "monitor/execs.hpp"

#include <algorithm>
#include <csignal>

#include "base/clock.hpp"
#include "os/file.hpp"

namespace wherry::monitor {

namespace {

/// Ends that no daemon asks for are not kept without bound.
constexpr std::size_t ends_limit = 1000;

}  // namespace

void Execs::start(wire::ExecRequest request, std::vector<os::UniqueFd> fds, std::uint32_t attach_id,
                  Reply reply) {
    const std::size_t expected = request.attached ? 2 : 1;
    if (fds.size() != expected) {
        reply.failed({wire::FailureCode::other,
                      text::format("exec wants {} descriptors, {} came", expected, fds.size())});
        return;
    }
    Entry& entry = execs_.emplace_back();
    entry.id = request.exec_id;
    entry.exec = std::make_unique<Exec>(loop_, container_, ++last_number_,
                                        events_of(request, attach_id, std::move(reply)));
    if (request.attached) {
        entry.exec->stdio().attach(attach_id, std::move(fds[1]), std::move(request.attach));
    }
    ExecPlan plan;
    plan.program = std::move(request.program);
    plan.process_fd = std::move(fds[0]);
    plan.launch = std::move(request.plan);
    plan.stdio = {.terminal = request.terminal,
                  .open_stdin = request.open_stdin,
                  .stdin_once = true,
                  .discards = !request.attached,
                  .height = request.console_height,
                  .width = request.console_width,
                  .log = {},
                  .spool_folder = spool_folder(container_)};
    entry.exec->start(std::move(plan));
}

Exec::Events Execs::events_of(const wire::ExecRequest& request, std::uint32_t attach_id,
                              Reply reply) {
    const bool tells_end = request.attached && !request.attach.detach_keys.empty();
    Exec::Events events;
    const auto shared = std::make_shared<Reply>(std::move(reply));
    events.started = [shared, told = tells_end ? attach_id : 0](pid_t pid) {
        shared->started({pid, told});
    };
    events.failed = [this, shared](const wire::Failure& failure) {
        shared->failed(failure);
        sweep_soon();
    };
    events.ended = [this, id = request.exec_id](int status) {
        const wire::ExecEnded end{id, status, now().time_since_epoch().count()};
        if (ends_.size() >= ends_limit) {
            ends_.erase(ends_.begin());
        }
        ends_[id] = end;
        events_.ended(end);
        sweep_soon();
    };
    events.attach_ended = [this, tells_end](std::uint32_t id, wire::AttachEndReason reason) {
        if (tells_end) {
            events_.attach_ended(id, reason);
        }
        sweep_soon();
    };
    return events;
}

void Execs::start_probe(const wire::HealthPlan& health, ProbeEvents events) {
    Entry& entry = execs_.emplace_back();
    Exec::Events exec_events;
    exec_events.started = [started = std::move(events.started)](pid_t /*pid*/) { started(); };
    exec_events.failed = [this, failed = std::move(events.failed)](const wire::Failure& failure) {
        failed(failure.text);
        sweep_soon();
    };
    exec_events.ended = [this, ended = std::move(events.ended)](int status) {
        ended(status);
        sweep_soon();
    };
    entry.exec = std::make_unique<Exec>(loop_, container_, ++last_number_, std::move(exec_events));
    entry.exec->stdio().tap(std::move(events.output));
    ExecPlan plan;
    plan.program = health.program;
    plan.process_path = health.process;
    if (!health.launch.empty()) {
        plan.launch = os::read_file(health.launch).value_or("");
    }
    plan.stdio.spool_folder = spool_folder(container_);
    entry.exec->start(std::move(plan));
}

void Execs::kill_probe() {
    for (const Entry& entry : execs_) {
        if (entry.id.empty() && entry.exec->alive()) {
            (void)os::signal_process(entry.exec->pid(), SIGKILL);
        }
    }
}

bool Execs::any_starting() const {
    return std::ranges::any_of(execs_, [](const Entry& entry) { return entry.exec->starting(); });
}

void Execs::reaped(const os::Ended& ended) {
    for (Entry& entry : execs_) {
        const bool was_starting = entry.exec->starting();
        if (!entry.exec->reaped(ended)) {
            continue;
        }
        // The runtime has told which process it is: it may have ended before.
        if (was_starting && entry.exec->alive()) {
            if (const auto early = unknown_.find(entry.exec->pid()); early != unknown_.end()) {
                const os::Ended end{early->first, early->second};
                unknown_.erase(early);
                (void)entry.exec->reaped(end);
            }
        }
        if (!any_starting()) {
            unknown_.clear();
        }
        return;
    }
    if (any_starting()) {
        unknown_[ended.pid] = ended.status;
    }
}

Result<> Execs::resize(const std::string& id, unsigned height, unsigned width) {
    for (const Entry& entry : execs_) {
        if (entry.id == id) {
            return entry.exec->stdio().resize(height, width);
        }
    }
    return fail(ErrorKind::conflict, "exec {} does not run", id);
}

wire::ExecList Execs::list() const {
    wire::ExecList list;
    for (const Entry& entry : execs_) {
        if (!entry.exec->over() && !entry.id.empty()) {
            list.execs.push_back({entry.id, entry.exec->pid(), true, 0, 0});
        }
    }
    for (const auto& [id, end] : ends_) {
        list.execs.push_back({id, 0, false, end.status, end.finished_at});
    }
    return list;
}

/// Not inside a call of the one that is done.
void Execs::sweep_soon() {
    loop_.after(std::chrono::milliseconds(0), [this] { sweep(); });
}

void Execs::sweep() {
    const auto gone = std::erase_if(execs_, [](const Entry& entry) { return entry.exec->done(); });
    if (gone > 0) {
        events_.settled();
    }
}

void Execs::shrink() {
    for (const Entry& entry : execs_) {
        entry.exec->stdio().shrink();
    }
}

}  // namespace wherry::monitor
