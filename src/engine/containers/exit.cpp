// The end of a run: recorded (synced, unless the container is removed with it) before anybody is
// told, then network, monitor and folder are given back, and the restart policy or AutoRemove has
// its turn. The monitor keeps its record until it is acknowledged, so a daemon that dies anywhere
// in here leaves the next one the same work.
#include <algorithm>

#include "base/id.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "base/trace.hpp"
#include "codec/wire/message.hpp"
#include "engine/containers/containers.hpp"
#include "engine/containers/restart_policy.hpp"
#include "engine/containers/start_plan.hpp"
#include "engine/containers/sweep.hpp"
#include "os/file.hpp"
#include "os/tree.hpp"

namespace wherry::containers {

namespace {

constexpr std::int64_t killed_status = 137;

ExitRecord lost_record() {
    return {.status = killed_status,
            .oom_killed = false,
            .finished_at = now(),
            .error = "monitor lost"};
}

std::string run_seconds(const State& state) {
    const auto ran = state.finished_at - state.started_at;
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(ran).count();
    return text::format("{}", std::max<std::int64_t>(0, seconds));
}

}  // namespace

void Containers::watch(const ContainerPtr& container) {
    group_.spawn(watch_run(container, container->monitor));
}

Task<> Containers::watch_run(ContainerPtr container, std::shared_ptr<MonitorClient> monitor) {
    const Result<ExitRecord> exit = co_await monitor->wait_exit();
    if (!exit && exit.error().kind() == ErrorKind::cancelled) {
        co_return;
    }
    if (closing_) {
        co_return;
    }
    const ExitRecord record = exit ? *exit : lost_record();
    co_await async::shielded(
        finish_run(std::move(container), std::move(monitor), record, !exit.ok()));
}

Task<> Containers::finish_run(ContainerPtr container, std::shared_ptr<MonitorClient> monitor,
                              ExitRecord exit, bool lost) {
    const auto guard = co_await container->transitions.lock();
    if (!guard || container->monitor != monitor || container->removed) {
        co_return;
    }
    co_await end_run(container, std::move(exit), lost);
    if (schedule_restart(container, exit)) {
        co_return;
    }
    if (container->record.host.auto_remove && !container->keep_after_exit) {
        co_await auto_remove(container);
    }
}

/// `transitions` is held.
Task<> Containers::end_run(ContainerPtr container, ExitRecord exit, bool lost) {
    if (lost) {
        log::warn("container={} its monitor was lost", short_id(container->id()));
        co_await sweep_lost_run(container);
        // The monitor may have written how the payload ended before it died.
        if (const auto text = os::read_file(layout_.run(container->id()) + "/exit")) {
            if (const auto event = wire::decode<wire::ExitEvent>(*text)) {
                exit = {.status = event->status,
                        .oom_killed = event->oom_killed,
                        .finished_at = Time(std::chrono::nanoseconds(event->finished_at)),
                        .error = event->error};
            }
        }
    }
    const bool restarts = container->record.host.restart_policy.name != "no";
    container->state.set_exited(exit.status, exit.finished_at, exit.oom_killed);
    container->state.error = exit.error;

    std::vector<store::Event> events;
    if (exit.oom_killed) {
        events.push_back(event(*container, "oom"));
    }
    if (std::exchange(container->stopping, false)) {
        events.push_back(event(*container, "stop"));
    }
    add_network_event(*container, "disconnect", events);
    store::Event die = event(*container, "die");
    die.attributes["exitCode"] = text::format("{}", exit.status);
    die.attributes["execDuration"] = run_seconds(container->state);
    events.push_back(std::move(die));
    const auto durability = container->record.host.auto_remove && !restarts
                                ? store::Durability::relaxed
                                : store::Durability::synced;
    trace::Span committing(container->id(), "exit.commit");
    const Result<> stored = co_await commit_state(*container, std::move(events), durability);
    committing.end();
    ++container->exits;
    container->changed.notify_all();

    if (!stored) {
        // The monitor keeps the record for a daemon that can write it.
        log::error("container={} its end was not written: {}", short_id(container->id()),
                   stored.error().message());
    } else if (!lost) {
        // The network does not need the monitor any more, nor the monitor the network.
        co_await async::both(acknowledge(container), leave_network(container));
    }
    container->monitor.reset();
    co_await clean_run(container);
}

/// The monitor clears away and ends.
Task<> Containers::acknowledge(ContainerPtr container) {
    const trace::Span span(container->id(), "exit.acknowledge");
    const Result<> acknowledged = co_await ask(*container, container->monitor->acknowledge_exit());
    if (!acknowledged) {
        log::warn("container={} {}", short_id(container->id()), acknowledged.error().message());
    }
}

/// No monitor: whatever still runs of the container is killed, and the runtime forgets it.
Task<> Containers::sweep_lost_run(ContainerPtr container) {
    LostRun run;
    run.container_id = container->id();
    run.cgroup = cgroup_path(container->record);
    const auto runtime = settings_.abilities.runtimes.find(container->record.host.runtime);
    run.runtime = runtime == settings_.abilities.runtimes.end() ? "crun" : runtime->second;
    run.runtime_root = layout_.runtime_root();
    const auto sweep = [run = std::move(run)] { return sweep_run(run); };
    const Result<> swept = co_await async::blocking(file_pool_, sweep);
    if (!swept) {
        log::error("container={} {}", short_id(container->id()), swept.error().message());
    }
}

bool Containers::schedule_restart(const ContainerPtr& container, const ExitRecord& exit) {
    State& state = container->state;
    const RunEnd end{.exit_code = exit.status,
                     .ran_for = state.finished_at - state.started_at,
                     .stopped_by_hand = state.stopped_by_hand,
                     .restart_count = state.restart_count,
                     .last_delay = container->last_restart_delay};
    const auto delay = restart_delay(container->record.host.restart_policy, end);
    if (!delay || closing_) {
        return false;
    }
    container->last_restart_delay = *delay;
    state.running = true;
    state.restarting = true;
    container->restart_task = group_.spawn(restart_later(container, *delay));
    return true;
}

Task<> Containers::restart_later(ContainerPtr container, std::chrono::milliseconds delay) {
    const Result<> slept = co_await async::sleep(delay);
    if (!slept) {
        co_return;
    }
    co_await async::shielded(restart_after_wait(std::move(container)));
}

Task<> Containers::restart_after_wait(ContainerPtr container) {
    const auto guard = co_await container->transitions.lock();
    if (!guard || closing_ || container->removed || !container->state.restarting) {
        co_return;
    }
    ++container->state.restart_count;
    const std::int64_t count = container->state.restart_count;
    const Result<> started = co_await start_locked(container);
    container->state.restart_count = count;
    if (!started && !container->removed) {
        const ExitRecord exit{.status = static_cast<int>(container->state.exit_code),
                              .finished_at = now()};
        schedule_restart(container, exit);
    }
}

}  // namespace wherry::containers
