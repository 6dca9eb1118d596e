// What a daemon does that starts: records from the store at once, so that it can answer; then, in
// the background and container by container, the runs that it finds in the exec root. A container
// whose run is not yet known holds back its own operations only.
#include "base/id.hpp"
#include "base/log.hpp"
#include "codec/wire/message.hpp"
#include "engine/containers/containers.hpp"
#include "engine/containers/restart_policy.hpp"
#include "engine/containers/run_files.hpp"
#include "os/file.hpp"
#include "os/tree.hpp"

namespace wherry::containers {

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
        }
    }
    // The networks must know what is taken before they start; what turns out not to run any more
    // is given back later.
    for (const auto& [id, container] : catalog_.all()) {
        if (container->state.running && container->endpoint) {
            const Result<> restored = parts_.networks.restore(id, *container->endpoint);
            if (!restored) {
                log::warn("container={} network: {}", short_id(id), restored.error().message());
            }
            parts_.networks.set_container_name(id, container->record.name);
        }
    }
    // Nothing ran of these, and no run was found: they are known already.
    for (const auto& [id, container] : catalog_.all()) {
        if (!container->state.running && !os::exists(layout_.run(id))) {
            container->restored.set();
        }
    }
    return {};
}

Task<> Containers::recover() {
    std::vector<ContainerPtr> all;
    for (const auto& [id, container] : catalog_.all()) {
        all.push_back(container);
    }
    for (const ContainerPtr& container : all) {
        if (!container->restored.is_set()) {
            group_.spawn(recover_one(container));
        }
    }
    for (const ContainerPtr& container : all) {
        const Result<> restored = co_await container->restored.wait();
        if (!restored) {
            co_return;
        }
    }
    for (const ContainerPtr& container : all) {
        if (!container->state.running && !container->removed) {
            co_await start_by_policy(container);
        }
    }
    co_await sweep_orphans();
}

namespace {

Result<networks::EndpointState> read_endpoint(const std::string& run) {
    TRY(const std::string text, os::read_file(run + endpoint_file));
    return decode_endpoint(text);
}

}  // namespace

/// Finds out how the container is: its monitor answers (running, or ended and not acknowledged), or
/// it does not. The answer to a start that was in flight is whatever its monitor has come to.
Task<> Containers::recover_one(ContainerPtr container) {
    auto guard = co_await container->transitions.lock();
    if (!guard) {
        co_return;
    }
    const std::string run = layout_.run(container->id());
    auto monitor =
        co_await async::with_deadline(MonitorClient::reconnect(run + "/control"), monitor_deadline);
    if (!monitor && monitor.error().kind() == ErrorKind::cancelled) {
        co_return;
    }
    const wire::Phase phase = monitor ? (*monitor)->hello().phase : wire::Phase::idle;
    const bool has_run = phase == wire::Phase::running || phase == wire::Phase::exited;
    if (!monitor || !has_run) {
        if (monitor) {
            container->monitor = std::move(*monitor);
        }
        co_await recover_without_monitor(container);
        container->restored.set();
        container->changed.notify_all();
        co_return;
    }
    container->monitor = std::move(*monitor);
    const wire::Hello& hello = container->monitor->hello();
    if (auto endpoint = read_endpoint(run); endpoint && !container->endpoint) {
        const Result<> restored = parts_.networks.restore(container->id(), *endpoint);
        if (!restored) {
            log::warn("container={} network: {}", short_id(container->id()),
                      restored.error().message());
        }
        parts_.networks.set_container_name(container->id(), container->record.name);
        container->endpoint = std::move(*endpoint);
    }
    const bool paused = container->state.paused;
    const bool known = container->state.running && !container->state.restarting;
    container->state.set_running(hello.payload_pid,
                                 Time(std::chrono::nanoseconds(hello.started_at)));
    container->state.paused = paused;
    std::vector<store::Event> events;
    if (!known) {
        events.push_back(event(*container, "start"));
    }
    const Result<> stored =
        co_await commit_state(*container, std::move(events), store::Durability::relaxed);
    static_cast<void>(stored);
    log::info("container={} found running, pid {}", short_id(container->id()), hello.payload_pid);
    watch(container);
    container->restored.set();
    container->changed.notify_all();
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
        co_await sweep_lost_run(container);
        co_await clean_run(container);
        co_return;
    }
    // A folder without a monitor is a lost one; no folder at all is a machine that was rebooted.
    ExitRecord exit{.status = 137, .finished_at = now(), .error = "monitor lost"};
    co_await end_run(container, std::move(exit), true);
    if (container->record.host.auto_remove) {
        co_await auto_remove(container);
    }
}

Task<> Containers::start_by_policy(ContainerPtr container) {
    const RunEnd end{.exit_code = container->state.exit_code,
                     .stopped_by_hand = container->state.stopped_by_hand,
                     .restart_count = container->state.restart_count};
    const bool ever = container->state.started_at != Time{};
    if (!ever || !starts_with_daemon(container->record.host.restart_policy, end)) {
        co_return;
    }
    auto guard = co_await container->transitions.lock();
    if (!guard || closing_ || container->state.running || container->removed) {
        co_return;
    }
    const Result<> started = co_await start_locked(container);
    if (!started) {
        log::warn("container={} not started again: {}", short_id(container->id()),
                  started.error().message());
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
