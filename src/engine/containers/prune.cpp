#include "base/fault.hpp"
#include "base/scope_guard.hpp"
#include "base/text.hpp"
#include "engine/containers/containers.hpp"

namespace wherry::containers {

Task<Result<Pruned>> Containers::prune(ListFilter filter) {
    if (pruning_) {
        co_return Error(ErrorKind::conflict, "a prune operation is already running");
    }
    pruning_ = true;
    const auto done = on_exit([this]() noexcept { pruning_ = false; });
    std::vector<ContainerPtr> stopped;
    for (const auto& [id, container] : catalog_.all()) {
        const bool old = !filter.until || container->record.created <= *filter.until;
        if (!container->state.running && old && matches(filter, *container)) {
            stopped.push_back(container);
        }
    }
    Pruned pruned;
    for (const ContainerPtr& container : stopped) {
        Result<std::int64_t> size = co_await own_size(container);
        const Result<> removed = co_await remove(container->id(), RemoveOptions());
        fault_point("prune.removed");
        if (removed) {
            pruned.ids.push_back(container->id());
            pruned.bytes += static_cast<std::uint64_t>(std::move(size).value_or(0));
        }
    }
    store::Batch batch;
    store::Event told;
    told.type = "container";
    told.action = "prune";
    told.attributes["reclaimed"] = text::format("{}", pruned.bytes);
    batch.event(std::move(told));
    CO_CHECK_OK(co_await parts_.store.commit(std::move(batch), store::Durability::relaxed));
    co_return pruned;
}

}  // namespace wherry::containers
