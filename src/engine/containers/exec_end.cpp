// Exec: how processes end, with a daemon and without one.
#include <algorithm>

#include "base/id.hpp"
#include "base/log.hpp"
#include "engine/containers/containers.hpp"
#include "engine/containers/detach_keys.hpp"

namespace wherry::containers {

namespace {

constexpr std::int64_t killed_status = 137;

}  // namespace

Task<> Containers::watch_exec(ContainerPtr container, ExecPtr exec,
                              std::shared_ptr<MonitorClient> monitor) {
    const auto end = co_await monitor->wait_exec_end(exec->id());
    if (!end || closing_) {
        co_return;  // a run that is over settles what it had
    }
    exec->record.exit_code = end->status;  // before anybody can ask
    const ExecEnd known{end->status, Time(std::chrono::nanoseconds(end->finished_at))};
    co_await async::shielded(end_exec(std::move(container), std::move(exec), known));
}

Task<> Containers::watch_exec_detach(ContainerPtr container, ExecPtr exec,
                                     std::shared_ptr<MonitorClient> monitor, std::uint32_t id) {
    const auto reason = co_await monitor->wait_attach_end(id);
    if (!reason || *reason != wire::AttachEndReason::detach_keys || closing_) {
        co_return;
    }
    std::vector<store::Event> events;
    events.push_back(exec_event(*container, *exec, "exec_detach"));
    co_await store_exec(container, exec, std::move(events));
}

/// Writes the record, unless the container goes and takes it along.
Task<> Containers::store_exec(ContainerPtr container, ExecPtr exec,
                              std::vector<store::Event> events) {
    store::Batch batch;
    if (!container->removed && !container->state.removing) {
        batch.put(std::string(exec_kind), exec->id(), encode_exec(exec->record));
    }
    for (store::Event& event : events) {
        batch.event(std::move(event));
    }
    const Result<> stored =
        co_await parts_.store.commit(std::move(batch), store::Durability::relaxed);
    if (!stored) {
        log::error("container={} exec={} {}", short_id(container->id()), short_id(exec->id()),
                   stored.error().message());
    }
}

/// Once for each process, whoever comes first.
Task<> Containers::end_exec(ContainerPtr container, ExecPtr exec, ExecEnd end) {
    if (std::exchange(exec->over, true)) {
        co_return;
    }
    exec->record.exit_code = end.status;
    exec->record.ended_at = end.at;
    exec->settled.set();
    store::Event die = exec_event(*container, *exec, "exec_die");
    die.attributes["exitCode"] = text::format("{}", end.status);
    std::vector<store::Event> events;
    events.push_back(std::move(die));
    const std::shared_ptr<MonitorClient> monitor = container->monitor;
    co_await store_exec(container, exec, std::move(events));
    if (monitor) {
        const Result<> forgotten = co_await monitor->forget_exec(exec->id());
        static_cast<void>(forgotten);  // it keeps few, and goes with its container
    }
}

/// The run is over, and so is all that it had. What was not started by then is forgotten.
Task<> Containers::settle_execs(ContainerPtr container) {
    store::Batch forgotten;
    std::erase_if(container->execs, [&](const ExecPtr& exec) {
        if (!exec->record.begun) {
            forgotten.erase(std::string(exec_kind), exec->id());
            execs_.erase(exec->id());
        }
        return !exec->record.begun;
    });
    if (!forgotten.changes.empty()) {
        const Result<> stored =
            co_await parts_.store.commit(std::move(forgotten), store::Durability::relaxed);
        static_cast<void>(stored);  // the container's own commit follows, and tells
    }
    const auto execs = container->execs;
    for (const ExecPtr& exec : execs) {
        if (exec->over) {
            continue;
        }
        ExecEnd end{killed_status, now()};
        const auto* known =
            container->monitor ? container->monitor->find_exec_end(exec->id()) : nullptr;
        if (known != nullptr) {
            end = {known->status, Time(std::chrono::nanoseconds(known->finished_at))};
        }
        co_await end_exec(container, exec, end);
    }
}

Result<> Containers::load_execs() {
    TRY(const auto records, parts_.store.load(exec_kind));
    for (const store::Record& stored : records) {
        auto record = decode_exec(stored.value);
        if (!record) {
            return std::move(record).error().in("exec " + stored.key);
        }
        const ContainerPtr container = catalog_.find_by_id(record->container_id);
        if (!container) {
            continue;  // it went with its container
        }
        const auto exec = std::make_shared<Exec>(std::move(*record));
        exec->detach_keys = parse_detach_keys(exec->record.config.detach_keys).value_or("");
        exec->over = exec->record.exit_code.has_value();
        container->execs.push_back(exec);
        execs_[exec->id()] = exec;
    }
    return {};
}

/// What an earlier daemon started: it runs, has ended, or has never reached the monitor.
Task<> Containers::recover_execs(ContainerPtr container) {
    const bool any =
        std::ranges::any_of(container->execs, [](const ExecPtr& exec) { return exec->running(); });
    if (!any) {
        co_return;
    }
    const std::shared_ptr<MonitorClient> monitor = container->monitor;
    auto list = co_await monitor->list_execs();
    if (!list) {
        log::warn("container={} {}", short_id(container->id()), list.error().message());
        co_return;
    }
    for (const ExecPtr& exec : container->execs) {
        if (!exec->running()) {
            continue;
        }
        const auto found = std::ranges::find(list->execs, exec->id(), &wire::ExecState::exec_id);
        if (found == list->execs.end()) {
            exec->record.begun = false;
        } else if (found->running) {
            exec->pid = found->pid;
            exec->settled.set();
            group_.spawn(watch_exec(container, exec, monitor));
        } else {
            const ExecEnd end{found->status, Time(std::chrono::nanoseconds(found->finished_at))};
            group_.spawn(end_exec(container, exec, end));
        }
    }
}

}  // namespace wherry::containers
