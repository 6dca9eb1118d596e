#include "engine/containers/containers.hpp"

namespace wherry::containers {

namespace {

WaitResult result_of(const Container& container) {
    return {.status = container.state.exit_code, .error = container.state.error};
}

bool is_over(const Container& container, WaitCondition condition, std::uint64_t exits_before) {
    switch (condition) {
        case WaitCondition::not_running:
            return !container.state.running || container.removed;
        case WaitCondition::next_exit:
            return container.exits != exits_before || container.removed;
        case WaitCondition::removed:
            return container.removed || !container.removal_error.empty();
    }
    return true;
}

}  // namespace

Task<Result<WaitResult>> Containers::wait(ContainerPtr container, WaitCondition condition,
                                          std::uint64_t exits_before) {
    CO_CHECK_OK(co_await container->restored.wait());
    container->removal_error.clear();
    while (!is_over(*container, condition, exits_before)) {
        if (closing_) {
            co_return Error(ErrorKind::unavailable, "the engine is shutting down");
        }
        CO_CHECK_OK(co_await container->changed.wait());
    }
    WaitResult result = result_of(*container);
    if (condition == WaitCondition::removed) {
        result.error = container->removed ? std::string() : container->removal_error;
    }
    co_return result;
}

}  // namespace wherry::containers
