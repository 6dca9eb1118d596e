// What a monitor tells unasked becomes state and events: the results of its health probes, and
// processes killed for want of memory.
#include "base/id.hpp"
#include "base/log.hpp"
#include "engine/containers/containers.hpp"
#include "engine/containers/exec.hpp"
#include "engine/containers/health.hpp"

namespace wherry::containers {

void Containers::begin_health(Container& container) {
    if (probe_command(container.record.config).empty()) {
        container.health.reset();
        return;
    }
    if (!container.health) {
        container.health.emplace();
        container.health->log.set_present();
    }
    container.health->status = to_string(wire::HealthStatus::starting);
    container.health->failing_streak = 0;
}

Task<> Containers::watch_news(ContainerPtr container, std::shared_ptr<MonitorClient> monitor) {
    while (true) {
        auto news = co_await monitor->next_news();
        if (!news || closing_ || container->monitor != monitor || !container->state.alive() ||
            container->ending) {
            co_return;
        }
        if (!news->health) {
            co_await async::shielded(take_out_of_memory(container));
        } else if (container->health) {
            co_await async::shielded(take_health(container, std::move(*news->health)));
        }
    }
}

Task<> Containers::take_out_of_memory(ContainerPtr container) {
    container->state.oom_killed = true;
    std::vector<store::Event> events;
    events.push_back(event(*container, "oom"));
    const Result<> stored =
        co_await commit_state(*container, std::move(events), store::Durability::relaxed);
    if (!stored) {
        log::error("container={} {}", short_id(container->id()), stored.error().message());
    }
}

/// One probe, told as the reference does: its process's course, then a change of the status.
Task<> Containers::take_health(ContainerPtr container, wire::HealthState told) {
    api::ExecCreateRequest probe;
    probe.cmd = probe_command(container->record.config);
    ExecRecord record;
    record.id = new_id();
    record.config = std::move(probe);
    const Exec exec(std::move(record));
    store::Batch batch;
    const auto add = [&](std::string action, std::int64_t time, const std::string& exit_code) {
        store::Event made = exec_event(*container, exec, std::move(action));
        made.time = Time(std::chrono::nanoseconds(time));
        if (!exit_code.empty()) {
            made.attributes["exitCode"] = exit_code;
        }
        batch.event(std::move(made));
    };
    for (const wire::HealthResult& result : told.log) {
        add(exec_action("create", exec.record.config), result.start, "");
        add(exec_action("start", exec.record.config), result.start, "");
        if (result.begun) {
            const int code = result.exit_code < 0 ? 137 : result.exit_code;
            add("exec_die", result.end, text::format("{}", code));
        }
    }
    api::Health next = *container->health;
    add_health(next, told);
    if (next.status != container->health->status) {
        batch.event(event(*container, "health_status: " + next.status));
        const StateRecord state{
            .state = container->state, .endpoint = container->endpoint, .health = next};
        batch.put(std::string(state_kind), container->id(), encode_state(state));
    }
    const Result<> stored =
        co_await parts_.store.commit(std::move(batch), store::Durability::relaxed);
    if (!stored) {
        log::error("container={} health: {}", short_id(container->id()), stored.error().message());
    }
    if (container->health && container->state.alive() && !container->ending &&
        !container->state.paused) {
        container->health = std::move(next);
    }
}

Task<> Containers::pause_health(ContainerPtr container, bool paused) {
    if (!container->health || !container->monitor) {
        co_return;
    }
    stop_health(*container);
    const Result<> told = co_await ask(*container, container->monitor->pause_health(paused));
    if (!told) {
        log::warn("container={} health: {}", short_id(container->id()), told.error().message());
    }
}

/// The results that no daemon has heard.
Task<> Containers::recover_health(ContainerPtr container) {
    if (probe_command(container->record.config).empty()) {
        co_return;
    }
    const std::shared_ptr<MonitorClient> monitor = container->monitor;
    const auto told = co_await monitor->ask_health();
    if (!told) {
        log::warn("container={} health: {}", short_id(container->id()), told.error().message());
        co_return;
    }
    const std::string before = container->health ? container->health->status : "starting";
    api::Health health;
    health.log.set_present();
    add_health(health, *told);
    if (health.log.empty() && container->health) {
        health.log = container->health->log;  // of an earlier run
    }
    const bool changed = health.status != before;
    container->health = std::move(health);
    if (changed) {
        std::vector<store::Event> events;
        events.push_back(event(*container, "health_status: " + container->health->status));
        const Result<> stored =
            co_await commit_state(*container, std::move(events), store::Durability::relaxed);
        static_cast<void>(stored);
    }
}

}  // namespace wherry::containers
