// Removal: the answer comes when the record is gone; the files follow through the trash.
#include "base/fault.hpp"
#include "base/id.hpp"
#include "base/log.hpp"
#include "base/trace.hpp"
#include "codec/json/json.hpp"
#include "engine/containers/containers.hpp"
#include "os/tree.hpp"

namespace wherry::containers {

Task<Result<>> Containers::remove(std::string name, RemoveOptions options) {
    CO_TRY(auto container, catalog_.get(name));
    if (options.link) {
        co_return co_await async::shielded(remove_link(std::move(name)));
    }
    co_return co_await async::shielded(remove_now(std::move(container), std::move(name), options));
}

Task<Result<>> Containers::remove_link(std::string name) {
    const auto link = catalog_.find_link(name);
    if (!link) {
        co_return Error(ErrorKind::internal,
                        "Conflict, cannot remove the default link name of the container");
    }
    const ContainerPtr parent = link->parent;
    CO_TRY(const auto guard, co_await hold(parent));
    const auto again = catalog_.find_link(name);
    if (!again || again->parent != parent) {
        co_return Result<>();
    }
    Record changed = parent->record;
    changed.links.erase(changed.links.begin() + static_cast<std::ptrdiff_t>(again->number));
    store::Batch batch;
    batch.put(std::string(record_kind), parent->id(), encode_record(changed));
    CO_CHECK_OK(co_await parts_.store.commit(std::move(batch), store::Durability::synced));
    parent->record.links = std::move(changed.links);
    co_return Result<>();
}

Task<Result<>> Containers::remove_now(ContainerPtr container, std::string name,
                                      RemoveOptions options) {
    CO_CHECK_OK(co_await settled(container));
    const trace::Span span(container->id(), "remove");
    const Operation operation = options.force ? Operation::force_remove : Operation::remove;
    CO_CHECK_OK(check_allowed(operation, container->status(), container->named(name)));
    constexpr int attempts = 3;
    for (int attempt = 1;; ++attempt) {
        if (container->state.running) {
            CO_CHECK_OK(co_await end_by_force(container));
        }
        CO_TRY(const auto guard, co_await hold(container));
        if (container->removed) {
            co_return fail(ErrorKind::not_found, "No such container: {}", name);
        }
        CO_CHECK_OK(check_allowed(operation, container->status(), container->named(name)));
        if (!container->state.running) {
            co_return co_await erase(container, options.volumes);
        }
        // A start was under way.
        if (!options.force || attempt == attempts) {
            co_return fail(ErrorKind::conflict,
                           "cannot remove container \"{}\": container is running: stop the "
                           "container before removing or force remove",
                           name);
        }
    }
}

Task<Result<>> Containers::end_by_force(ContainerPtr container) {
    container->keep_after_exit = true;
    const Result<> killed = co_await kill_now(container, 9);
    bool ended = false;
    if (killed || killed.error().kind() != ErrorKind::unavailable) {
        ended = co_await wait_end(container, monitor_deadline);
    }
    container->keep_after_exit = false;
    if (ended) {
        co_return Result<>();
    }
    if (!killed) {
        co_return killed;
    }
    co_return fail(ErrorKind::unavailable, "container {}: it does not end", container->record.name);
}

Task<Result<>> Containers::erase(ContainerPtr container, bool volumes) {
    container->state.removing = true;
    std::vector<std::string> anonymous;
    for (const MountRecord& mount : container->record.mounts) {
        if (volumes && mount.anonymous && mount.type == "volume") {
            anonymous.push_back(mount.name);
        }
    }
    trace::Span committing(container->id(), "remove.commit");
    store::Batch batch;
    if (!anonymous.empty()) {
        batch.put(std::string(volumes_kind), container->id(), json::encode(anonymous));
    }
    batch.erase(std::string(record_kind), container->id());
    batch.erase(std::string(state_kind), container->id());
    for (const ExecPtr& exec : container->execs) {
        batch.erase(std::string(exec_kind), exec->id());
    }
    batch.event(event(*container, "destroy"));
    const auto durability =
        container->record.host.auto_remove ? store::Durability::relaxed : store::Durability::synced;
    const Result<> stored = co_await parts_.store.commit(std::move(batch), durability);
    committing.end();
    if (!stored) {
        container->state.removing = false;
        container->removal_error = stored.error().message();
        container->changed.notify_all();
        co_return stored;
    }
    fault_point("remove.stored");
    catalog_.remove(*container);
    container->removed = true;
    for (const ExecPtr& exec : container->execs) {
        execs_.erase(exec->id());
    }
    drop_attaches(*container);
    co_await remove_files(container->id());
    fault_point("remove.files-gone");
    if (!anonymous.empty()) {
        co_await remove_volumes(container->id(), std::move(anonymous));
    }
    container->changed.notify_all();
    co_return Result<>();
}

/// Those that nobody uses; then the journal that names them.
Task<> Containers::remove_volumes(std::string id, std::vector<std::string> names) {
    for (const std::string& name : names) {
        const Result<> gone = co_await parts_.volumes.remove(name);
        const bool settled = gone || gone.error().kind() == ErrorKind::conflict ||
                             gone.error().kind() == ErrorKind::not_found;
        if (!settled) {
            log::warn("container={} volume {}: {}", short_id(id), name, gone.error().message());
        }
    }
    fault_point("remove.volumes-gone");
    store::Batch batch;
    batch.erase(std::string(volumes_kind), id);
    const Result<> stored =
        co_await parts_.store.commit(std::move(batch), store::Durability::relaxed);
    if (!stored) {
        log::warn("container={} {}", short_id(id), stored.error().message());
    }
}

/// `transitions` is held. What cannot be written now (a full disk) is tried again: the container
/// has ended, and nobody else would come to remove it.
Task<> Containers::auto_remove(ContainerPtr container) {
    constexpr auto pause = std::chrono::milliseconds(500);
    bool warned = false;
    while (true) {
        const Result<> erased = co_await erase(container, true);
        if (erased || closing_) {
            co_return;
        }
        if (!std::exchange(warned, true)) {
            log::error("container={} not removed yet: {}", short_id(container->id()),
                       erased.error().message());
        }
        const Result<> slept = co_await async::sleep(pause);
        static_cast<void>(slept);
    }
}

Task<> Containers::remove_files(std::string id) {
    if (const Result<> taken = trash_.take(layout_.container(id)); !taken) {
        log::warn("container={} {}", short_id(id), taken.error().message());
    }
    co_return;
}

}  // namespace wherry::containers
