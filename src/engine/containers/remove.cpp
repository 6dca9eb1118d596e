// Removal: the answer comes when the record is gone; the files follow through the trash.
#include "base/id.hpp"
#include "base/log.hpp"
#include "base/trace.hpp"
#include "engine/containers/containers.hpp"
#include "os/tree.hpp"

namespace wherry::containers {

Task<Result<>> Containers::remove(std::string name, RemoveOptions options) {
    CO_TRY(auto container, catalog_.get(name));
    if (options.link) {
        co_return Error(ErrorKind::unsupported, "removing a link is not built yet");
    }
    co_return co_await async::shielded(remove_now(std::move(container), std::move(name), options));
}

Task<Result<>> Containers::remove_now(ContainerPtr container, std::string name,
                                      RemoveOptions options) {
    CO_CHECK_OK(co_await container->restored.wait());
    const trace::Span span(container->id(), "remove");
    const Operation operation = options.force ? Operation::force_remove : Operation::remove;
    CO_CHECK_OK(check_allowed(operation, container->status(), container->named(name)));
    if (container->state.running) {
        container->keep_after_exit = true;
        const Result<> killed = co_await kill_now(container, 9);
        bool ended = false;
        if (killed || killed.error().kind() != ErrorKind::unavailable) {
            ended = co_await wait_end(container, monitor_deadline);
        }
        container->keep_after_exit = false;
        if (!ended) {
            if (!killed) {
                co_return killed;
            }
            co_return fail(ErrorKind::unavailable, "container {}: it does not end",
                           container->record.name);
        }
    }
    CO_TRY(const auto guard, co_await container->transitions.lock());
    if (container->removed) {
        co_return fail(ErrorKind::not_found, "No such container: {}", name);
    }
    CO_CHECK_OK(check_allowed(operation, container->status(), container->named(name)));
    if (container->state.running) {
        co_return fail(ErrorKind::conflict,
                       "cannot remove container \"{}\": container is running: stop the container "
                       "before removing or force remove",
                       name);
    }
    co_return co_await erase(container, options.volumes);
}

Task<Result<>> Containers::erase(ContainerPtr container, bool volumes) {
    container->state.removing = true;
    trace::Span committing(container->id(), "remove.commit");
    store::Batch batch;
    batch.erase(std::string(record_kind), container->id());
    batch.erase(std::string(state_kind), container->id());
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
    catalog_.remove(*container);
    container->removed = true;
    drop_attaches(*container);
    co_await remove_files(container->id());
    if (volumes) {
        for (const MountRecord& mount : container->record.mounts) {
            if (mount.anonymous && mount.type == "volume") {
                const Result<> gone = co_await parts_.volumes.remove(mount.name);
                if (!gone && gone.error().kind() != ErrorKind::conflict) {
                    log::warn("container={} volume {}: {}", short_id(container->id()), mount.name,
                              gone.error().message());
                }
            }
        }
    }
    container->changed.notify_all();
    co_return Result<>();
}

/// `transitions` is held.
Task<> Containers::auto_remove(ContainerPtr container) {
    const Result<> erased = co_await erase(container, true);
    if (!erased) {
        log::error("container={} not removed: {}", short_id(container->id()),
                   erased.error().message());
    }
}

Task<> Containers::remove_files(std::string id) {
    if (const Result<> taken = trash_.take(layout_.container(id)); !taken) {
        log::warn("container={} {}", short_id(id), taken.error().message());
    }
    co_return;
}

}  // namespace wherry::containers
