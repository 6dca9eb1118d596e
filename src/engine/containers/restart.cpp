#include "base/fault.hpp"
#include "base/text.hpp"
#include "engine/containers/containers.hpp"

namespace wherry::containers {

Task<Result<>> Containers::restart(std::string name, StopOptions options) {
    CO_TRY(auto container, catalog_.get(name));
    CO_CHECK_OK(co_await settled(container));
    CO_CHECK_OK(check_allowed(Operation::restart, container->status(), container->named(name)));
    Result<> restarted =
        co_await async::shielded(restart_now(std::move(container), name, std::move(options)));
    if (!restarted && restarted.error().kind() != ErrorKind::unavailable) {
        co_return fail(ErrorKind::internal, "Cannot restart container {}: {}", name,
                       restarted.error().message());
    }
    co_return restarted;
}

Task<Result<>> Containers::restart_now(ContainerPtr container, std::string name,
                                       StopOptions options) {
    // AutoRemove waits for an end that is meant.
    container->keep_after_exit = true;
    const Result<> stopped = co_await stop_now(container, std::move(options));
    container->keep_after_exit = false;
    CO_CHECK_OK(stopped);
    fault_point("restart.stopped");
    Result<> started = co_await start_now(container, std::move(name));
    if (!started && started.error().kind() != ErrorKind::not_modified) {
        co_return started;
    }
    std::vector<store::Event> events;
    events.push_back(event(*container, "restart"));
    co_return co_await commit_state(*container, std::move(events), store::Durability::relaxed);
}

}  // namespace wherry::containers
