// Pause and unpause: the control group's freezer, written by the daemon.
#include "base/fault.hpp"
#include "engine/containers/containers.hpp"
#include "engine/containers/start_plan.hpp"
#include "engine/containers/sweep.hpp"

namespace wherry::containers {

Task<Result<>> Containers::freeze(ContainerPtr container, bool frozen) {
    const auto work = [cgroup = cgroup_path(container->record), frozen] {
        return set_frozen(cgroup, frozen);
    };
    co_return co_await async::blocking(file_pool_, work);
}

Task<Result<>> Containers::pause(std::string name) {
    CO_TRY(auto container, catalog_.get(name));
    co_return co_await async::shielded(pause_now(std::move(container), std::move(name), true));
}

Task<Result<>> Containers::unpause(std::string name) {
    CO_TRY(auto container, catalog_.get(name));
    co_return co_await async::shielded(pause_now(std::move(container), std::move(name), false));
}

Task<Result<>> Containers::pause_now(ContainerPtr container, std::string name, bool paused) {
    CO_CHECK_OK(co_await settled(container));
    CO_TRY(const auto guard, co_await hold(container));
    CO_CHECK_OK(check_allowed(paused ? Operation::pause : Operation::unpause, container->status(),
                              container->named(name)));
    CO_CHECK_OK(co_await freeze(container, paused));
    fault_point("pause.frozen");
    container->state.paused = paused;
    co_await pause_health(container, paused);
    std::vector<store::Event> events;
    events.push_back(event(*container, paused ? "pause" : "unpause"));
    Result<> stored =
        co_await commit_state(*container, std::move(events), store::Durability::relaxed);
    container->changed.notify_all();
    co_return stored;
}

}  // namespace wherry::containers
