#include "base/text.hpp"
#include "engine/containers/containers.hpp"

namespace wherry::containers {

Task<Result<>> Containers::resize(std::string name, unsigned height, unsigned width) {
    CO_TRY(const auto container, catalog_.get(name));
    CO_CHECK_OK(co_await settled(container));
    CO_CHECK_OK(check_allowed(Operation::resize, container->status(), container->named(name)));
    const std::shared_ptr<MonitorClient> monitor = container->monitor;
    if (!monitor) {
        co_return fail(ErrorKind::conflict, "container {} is not running", container->id());
    }
    CO_CHECK_OK(co_await ask(*container, monitor->resize(height, width)));
    store::Event told = event(*container, "resize");
    told.attributes["height"] = text::format("{}", height);
    told.attributes["width"] = text::format("{}", width);
    std::vector<store::Event> events;
    events.push_back(std::move(told));
    co_return co_await commit_state(*container, std::move(events), store::Durability::relaxed);
}

}  // namespace wherry::containers
