// What a daemon does that starts: records from the store at once, so that it can answer; then, in
// the background and container by container, the runs that it finds in the exec root. A container
// whose run is not yet known holds back its own operations only.
#include <algorithm>

#include "base/id.hpp"
#include "base/log.hpp"
#include "codec/json/json.hpp"
#include "codec/wire/message.hpp"
#include "engine/containers/containers.hpp"
#include "engine/containers/restart_policy.hpp"
#include "engine/containers/run_files.hpp"
#include "engine/containers/start_plan.hpp"
#include "engine/containers/sweep.hpp"
#include "os/file.hpp"
#include "os/tree.hpp"

namespace wherry::containers {

namespace {

Result<networks::EndpointState> read_endpoint(const std::string& run) {
    TRY(const std::string text, os::read_file(run + endpoint_file));
    return decode_endpoint(text);
}

}  // namespace

Result<> Containers::load() {
    TRY(const auto records, parts_.store.load(record_kind));
    for (const store::Record& stored : records) {
        auto record = decode_record(stored.value);
        if (!record) {
            return std::move(record).error().in("container " + stored.key);
        }
        catalog_.add(std::make_shared<Container>(std::move(*record)));
    }
    TRY(const auto states, parts_.store.load(state_kind));
    for (const store::Record& stored : states) {
        const ContainerPtr container = catalog_.find_by_id(stored.key);
        auto state = decode_state(stored.value);
        if (!state) {
            return std::move(state).error().in("container " + stored.key);
        }
        if (container) {
            container->state = std::move(state->state);
            container->endpoint = std::move(state->endpoint);
            container->health = std::move(state->health);
        }
    }
    CHECK_OK(load_execs());
    TRY(unfinished_volumes_, parts_.store.load(volumes_kind));
    const auto runs = os::list_dir(layout_.runs());
    const auto has_run = [&](const std::string& id) {
        const std::string folder = layout_.run(id);
        const auto name = std::string_view(folder).substr(folder.rfind('/') + 1);
        return runs.ok() && std::ranges::find(*runs, name) != runs->end();
    };
    // The networks must know what is taken before they start; what turns out not to run any more
    // is given back later. What neither ran nor left a run is known already.
    for (const auto& [id, container] : catalog_.all()) {
        if (container->state.running || has_run(id)) {
            restore_endpoint(*container);
        } else {
            container->endpoint.reset();
            container->restored.set();
        }
    }
    return {};
}

/// The endpoint's place: as it was stored, or, of a start that was cut off, as the run has it.
void Containers::restore_endpoint(Container& container) {
    if (!container.state.running) {
        container.endpoint.reset();
    }
    if (!container.endpoint) {
        auto found = read_endpoint(layout_.run(container.id()));
        if (!found) {
            return;
        }
        container.endpoint = *std::move(found);
    }
    const Result<> restored = parts_.networks.restore(container.id(), *container.endpoint);
    if (!restored) {
        log::warn("container={} network: {}", short_id(container.id()), restored.error().message());
    }
    parts_.networks.set_container_name(container.id(), container.record.name);
}

Task<> Containers::recover() {
    std::vector<ContainerPtr> all;
    for (const auto& [id, container] : catalog_.all()) {
        all.push_back(container);
    }
    for (const ContainerPtr& container : all) {
        const bool known = container->restored.is_set();
        const bool has_turn = container->record.host.auto_remove ||
                              container->record.host.restart_policy.name != "no";
        if (!known || has_turn) {
            group_.spawn(recover_one(container));
        } else {
            container->resumed.set();
        }
    }
    co_await finish_volumes();
    co_await sweep_orphans();
}

/// Each has a task of its own: one whose monitor is stuck holds up no other.
Task<> Containers::recover_one(ContainerPtr container) {
    if (!container->restored.is_set()) {
        const bool known = co_await recover_run(container);
        if (!known) {
            co_return;
        }
        container->restored.set();
        container->changed.notify_all();
    }
    co_await see_needed_resumed(container);
    co_await async::shielded(start_by_policy(container));
    container->resumed.set();
}

/// A container starts after those that it joins and links to. One that is stuck is not waited for
/// longer than any operation would.
Task<> Containers::see_needed_resumed(ContainerPtr container) {
    for (const ContainerPtr& needed : needed_by(*container)) {
        const Result<> seen =
            co_await async::with_deadline(needed->resumed.wait(), monitor_deadline);
        if (!seen && seen.error().kind() == ErrorKind::cancelled) {
            co_return;
        }
    }
}

/// The container's monitor; `not_found` if there is none. One that is stuck is waited for, one that
/// starts its container until it has come to something.
Task<Result<std::shared_ptr<MonitorClient>>> Containers::find_monitor(ContainerPtr container) {
    constexpr auto pause = std::chrono::milliseconds(20);
    const std::string path = layout_.run(container->id()) + "/control";
    while (true) {
        auto monitor = co_await MonitorClient::reconnect(path);
        const bool starting = monitor && (*monitor)->hello().phase == wire::Phase::starting;
        if (monitor && !starting) {
            co_return std::shared_ptr<MonitorClient>(*std::move(monitor));
        }
        if (!monitor && monitor.error().kind() != ErrorKind::unavailable) {
            co_return std::move(monitor).error();
        }
        // It was lost while it was greeted, or it is not decided yet: look again.
        CO_CHECK_OK(co_await async::sleep(pause));
    }
}

/// Finds out how the container is: its monitor answers (running, or ended and not acknowledged), or
/// it does not. False if the engine ends before that is known.
Task<bool> Containers::recover_run(ContainerPtr container) {
    const auto guard = co_await container->transitions.lock();
    if (!guard) {
        co_return false;
    }
    auto monitor = co_await find_monitor(container);
    if (!monitor && monitor.error().kind() == ErrorKind::cancelled) {
        co_return false;
    }
    if (monitor) {
        container->monitor = *std::move(monitor);
    }
    const wire::Phase phase =
        container->monitor ? container->monitor->hello().phase : wire::Phase::idle;
    if (phase == wire::Phase::running || phase == wire::Phase::exited) {
        co_await async::shielded(recover_with_monitor(container));
    } else {
        co_await async::shielded(recover_without_monitor(container));
    }
    co_return !closing_;
}

/// `transitions` is held.
Task<> Containers::recover_with_monitor(ContainerPtr container) {
    const std::shared_ptr<MonitorClient> monitor = container->monitor;
    const wire::Hello& hello = monitor->hello();
    const Time started{std::chrono::nanoseconds(hello.started_at)};
    State& state = container->state;
    if (!state.running && state.started_at == started && hello.phase == wire::Phase::exited) {
        // The end was written, and the daemon before us did not come to say so.
        const Result<> acknowledged = co_await ask(*container, monitor->acknowledge_exit());
        if (!acknowledged) {
            co_await end_monitor(container);
        }
        container->monitor.reset();
        co_await clean_run(container);
        co_return;
    }
    const bool known = state.running && !state.restarting && state.started_at == started;
    // A pause that was cut off may have frozen it already.
    const auto look = [cgroup = cgroup_path(container->record)] -> Result<bool> {
        return is_frozen(cgroup);
    };
    const auto frozen = co_await async::blocking(file_pool_, look);
    const bool paused = hello.phase == wire::Phase::running && frozen && *frozen;
    state.set_running(hello.payload_pid, started);
    state.paused = paused;
    std::vector<store::Event> events;
    if (!known) {
        add_network_event(*container, "connect", events);
        events.push_back(event(*container, "start"));
    }
    const Result<> stored =
        co_await commit_state(*container, std::move(events), store::Durability::relaxed);
    if (!stored) {
        log::warn("container={} {}", short_id(container->id()), stored.error().message());
    }
    co_await recover_execs(container);
    co_await recover_health(container);
    if (hello.phase == wire::Phase::exited) {
        // Its end is known: nobody is told that it runs.
        const Result<ExitRecord> exit = co_await monitor->wait_exit();
        if (exit) {
            const bool ended = co_await end_run(container, *exit, false);
            if (ended) {
                schedule_restart(container);
            }
            co_return;
        }
    }
    log::info("container={} found running, pid {}", short_id(container->id()), hello.payload_pid);
    watch(container);
}

/// The record says it ran, or a run's folder was left, but no monitor tells of a run.
/// `transitions` is held.
Task<> Containers::recover_without_monitor(ContainerPtr container) {
    if (container->state.running && container->state.restarting) {
        container->state.running = false;
        container->state.restarting = false;
        co_await clean_run(container);
        co_return;
    }
    if (!container->state.running) {
        co_await settle_execs(container);
        if (!container->monitor) {
            co_await sweep_lost_run(container);
        }
        co_await clean_run(container);
        co_return;
    }
    // A folder without a monitor is a lost one; no folder at all is a machine that was rebooted.
    ExitRecord exit{.status = 137, .finished_at = now(), .error = "monitor lost"};
    co_await end_run(container, std::move(exit), true);
}

/// What a daemon owes a container that it finds ended: its removal, or another run.
Task<> Containers::start_by_policy(ContainerPtr container) {
    const bool ever = container->state.started_at != Time{};
    if (container->state.running || !ever) {
        co_return;
    }
    const auto guard = co_await container->transitions.lock();
    if (!guard || closing_ || container->state.running || container->removed) {
        co_return;
    }
    if (container->record.host.auto_remove) {
        co_await auto_remove(container);
        co_return;
    }
    const RunEnd end{.exit_code = container->state.exit_code,
                     .stopped_by_hand = container->state.stopped_by_hand,
                     .restart_count = container->state.restart_count};
    if (!starts_with_daemon(container->record.host.restart_policy, end)) {
        co_return;
    }
    const Result<> started = co_await start_locked(container);
    if (!started) {
        log::warn("container={} not started again: {}", short_id(container->id()),
                  started.error().message());
        schedule_restart(container, false);
    }
}

/// Anonymous volumes of containers whose creation or removal was cut off.
Task<> Containers::finish_volumes() {
    const auto left = std::exchange(unfinished_volumes_, {});
    for (const store::Record& journal : left) {
        auto names = json::decode<std::vector<std::string>>(journal.value);
        if (names) {
            co_await remove_volumes(journal.key, *std::move(names));
        }
    }
}

/// Folders without a record: of containers whose creation or removal was cut off.
Task<> Containers::sweep_orphans() {
    const auto list = [folder = layout_.containers()] { return os::list_dir(folder); };
    const auto names = co_await async::blocking(file_pool_, list);
    if (!names) {
        co_return;
    }
    for (const std::string& name : *names) {
        const bool ours = catalog_.find_by_id(name) != nullptr || creating_.contains(name);
        if (!ours) {
            log::info("container={} left without a record: removed", short_id(name));
            co_await remove_files(name);
        }
    }
}

}  // namespace wherry::containers
