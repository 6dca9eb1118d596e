#include "base/fault.hpp"
#include "base/text.hpp"
#include "engine/containers/containers.hpp"
#include "engine/containers/signal.hpp"

namespace wherry::containers {

namespace {

constexpr int sigkill = 9;

}  // namespace

Task<Result<>> Containers::kill(std::string name, std::string signal) {
    const Result<int> parsed = parse_signal(signal.empty() ? "KILL" : signal);
    if (!parsed) {
        co_return Error(parsed.error()).in("cannot kill container: " + name);
    }
    const int number = *parsed;
    CO_TRY(auto container, catalog_.get(name));
    CO_CHECK_OK(co_await settled(container));
    CO_CHECK_OK(check_allowed(Operation::kill, container->status(), container->named(name)));
    const bool is_kill = number == sigkill;
    const ContainerPtr kept = container;
    Result<> killed = co_await async::shielded(kill_now(std::move(container), number));
    if (!killed && killed.error().kind() == ErrorKind::conflict) {
        co_return fail(ErrorKind::conflict,
                       "cannot kill container: {}: container {} is not running", name, kept->id());
    }
    CO_CHECK_OK(std::move(killed));
    if (is_kill) {
        const bool ended = co_await wait_end(kept, monitor_deadline);
        if (!ended) {
            co_return fail(ErrorKind::unavailable, "container {}: it does not end",
                           kept->record.name);
        }
    }
    co_return Result<>();
}

/// SIGKILL, and the container's stop signal, also end its restart policy and thaw it.
Task<Result<>> Containers::kill_now(ContainerPtr container, int number) {
    const std::string& own = container->record.config.stop_signal;
    const auto stop_signal = parse_signal(own.empty() ? "TERM" : own);
    const bool ends = number == sigkill || (stop_signal && *stop_signal == number);
    if (ends) {
        container->state.stopped_by_hand = true;
    }
    if (container->state.restarting) {
        CO_CHECK_OK(co_await cancel_restart(container));
        if (!container->state.running) {
            co_return Result<>();
        }
    }
    if (container->state.paused && ends) {
        CO_CHECK_OK(co_await freeze(container, false));
        container->state.paused = false;
    }
    co_return co_await signal(std::move(container), number);
}

Task<Result<>> Containers::signal(ContainerPtr container, int number) {
    const std::shared_ptr<MonitorClient> monitor = container->monitor;
    if (!monitor) {
        co_return fail(ErrorKind::conflict, "container {} is not running", container->id());
    }
    if (number == sigkill) {
        CO_CHECK_OK(co_await ask(*container, monitor->kill_all()));
    } else {
        CO_CHECK_OK(co_await ask(*container, monitor->signal(number)));
    }
    fault_point("kill.signalled");
    store::Event told = event(*container, "kill");
    told.attributes["signal"] = text::format("{}", number);
    std::vector<store::Event> events;
    events.push_back(std::move(told));
    co_return co_await commit_state(*container, std::move(events), store::Durability::relaxed);
}

}  // namespace wherry::containers
