// The end of a run: recorded (synced, unless the container is removed with it) before anybody is
// told, then network, monitor and folder are given back, and the restart policy or AutoRemove has
// its turn. The monitor keeps its record until it is acknowledged, so a daemon that dies anywhere
// in here leaves the next one the same work.
#include <algorithm>

#include "base/fault.hpp"
#include "base/id.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "base/trace.hpp"
#include "engine/containers/containers.hpp"
#include "engine/containers/health.hpp"
#include "engine/containers/log_compress.hpp"
#include "engine/containers/restart_policy.hpp"
#include "engine/containers/start_plan.hpp"
#include "engine/containers/sweep.hpp"

namespace wherry::containers {

namespace {

constexpr std::int64_t killed_status = 137;

ExitRecord lost_record() {
    return {.status = killed_status,
            .oom_killed = false,
            .finished_at = now(),
            .error = "monitor lost"};
}

std::string run_seconds(Time started, Time finished) {
    const auto seconds =
        std::chrono::duration_cast<std::chrono::seconds>(finished - started).count();
    return text::format("{}", std::max<std::int64_t>(0, seconds));
}

}  // namespace

void Containers::watch(const ContainerPtr& container) {
    group_.spawn(watch_run(container, container->monitor));
    group_.spawn(watch_news(container, container->monitor));
    const auto log = log_source(container->record, layout_);
    if (log && log->compressed) {
        group_.spawn(keep_log_compressed(log_pool_, executor(), container, *log));
    }
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
    const bool recorded = co_await end_run(container, std::move(exit), lost);
    if (!recorded || schedule_restart(container)) {
        co_return;
    }
    if (container->record.host.auto_remove && !container->kept_at_exit) {
        co_await auto_remove(container);
    }
}

/// What the monitor wrote of the payload's end before it died itself, if it came to that.
ExitRecord Containers::left_record(const Container& container, ExitRecord fallback) const {
    auto left = read_exit_record(layout_.run(container.id()) + "/exit");
    return left ? *std::move(left) : std::move(fallback);
}

/// The end is told only once it is written. Where it cannot be (a full disk), the monitor keeps its
/// record and the container counts as running, until there is room again or the engine ends.
Task<bool> Containers::record_end(ContainerPtr container, std::vector<store::Event> events) {
    constexpr auto pause = std::chrono::milliseconds(250);
    const api::HostConfig& host = container->record.host;
    const auto durability = host.auto_remove && host.restart_policy.name == "no"
                                ? store::Durability::relaxed
                                : store::Durability::synced;
    bool warned = false;
    while (true) {
        trace::Span committing(container->id(), "exit.commit");
        const Result<> stored = co_await commit_state(*container, events, durability);
        committing.end();
        if (stored) {
            break;
        }
        if (!std::exchange(warned, true)) {
            log::error("container={} its end cannot be written and waits: {}",
                       short_id(container->id()), stored.error().message());
        }
        if (closing_) {
            co_return false;
        }
        const Result<> slept = co_await async::sleep(pause);
        static_cast<void>(slept);
    }
    set_ended(container->state, *container->ending);
    container->ending.reset();
    co_return true;
}

/// `transitions` is held.
Task<bool> Containers::end_run(ContainerPtr container, ExitRecord exit, bool lost) {
    if (lost) {
        log::warn("container={} its monitor was lost", short_id(container->id()));
        co_await sweep_lost_run(container);
        exit = left_record(*container, std::move(exit));
    }
    co_await settle_execs(container);
    const bool told_oom = container->state.oom_killed;
    stop_health(*container);
    container->ending = exit;
    std::vector<store::Event> events;
    if (exit.oom_killed && !told_oom) {
        events.push_back(event(*container, "oom"));
    }
    if (std::exchange(container->stopping, false)) {
        events.push_back(event(*container, "stop"));
    }
    add_network_event(*container, "disconnect", events);
    add_volume_events(*container, "unmount", events);
    store::Event die = event(*container, "die");
    die.attributes["exitCode"] = text::format("{}", exit.status);
    die.attributes["execDuration"] = run_seconds(container->state.started_at, exit.finished_at);
    events.push_back(std::move(die));
    fault_point("exit.seen");
    const bool recorded = co_await record_end(container, std::move(events));
    if (!recorded) {
        co_return false;
    }
    fault_point("exit.stored");
    container->kept_at_exit = container->keep_after_exit;  // whoever asked for it may go on now
    ++container->exits;
    container->changed.notify_all();

    if (!lost) {
        // The network does not need the monitor any more, nor the monitor the network.
        co_await async::both(acknowledge(container), leave_network(container));
    }
    fault_point("exit.acknowledged");
    container->monitor.reset();
    co_await clean_run(container);
    fault_point("exit.cleaned");
    co_return true;
}

/// The monitor clears away and ends.
Task<> Containers::acknowledge(ContainerPtr container) {
    const trace::Span span(container->id(), "exit.acknowledge");
    const Result<> acknowledged = co_await ask(*container, container->monitor->acknowledge_exit());
    if (!acknowledged) {
        // It has died, or is stuck, before the runtime's state was deleted.
        log::warn("container={} {}", short_id(container->id()), acknowledged.error().message());
        co_await end_monitor(container);
    }
}

/// No monitor: whatever still runs of the container is killed, and the runtime forgets it.
Task<> Containers::sweep_lost_run(ContainerPtr container) {
    LostRun run;
    run.container_id = container->id();
    run.cgroup = cgroup_path(container->record);
    const auto runtime = settings_.abilities.runtimes.find(container->record.host.runtime);
    if (runtime != settings_.abilities.runtimes.end()) {
        run.runtime = runtime->second;
    }
    run.runtime_root = layout_.runtime_root();
    const auto sweep = [run = std::move(run)] { return sweep_run(run); };
    const Result<> swept = co_await async::blocking(file_pool_, sweep);
    if (!swept) {
        log::error("container={} {}", short_id(container->id()), swept.error().message());
    }
}

bool Containers::schedule_restart(const ContainerPtr& container, bool ran) {
    State& state = container->state;
    const RunEnd end{.exit_code = state.exit_code,
                     .ran_for = ran ? state.finished_at - state.started_at : Time::duration{},
                     .stopped_by_hand = state.stopped_by_hand,
                     .restart_count = state.restart_count,
                     .last_delay = container->last_restart_delay};
    const auto delay = restart_delay(container->record.host.restart_policy, end);
    if (!delay || closing_) {
        return false;
    }
    container->last_restart_delay = *delay;
    ++state.restart_count;
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
    const Result<> started = co_await start_locked(container);
    if (!started && !container->removed) {
        schedule_restart(container, false);
    }
}

}  // namespace wherry::containers
