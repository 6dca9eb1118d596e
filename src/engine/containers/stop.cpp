// Stop: the signal, then patience, then SIGKILL. No lock is held while it waits, so that kill and
// remove go through.
#include "base/id.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "engine/containers/containers.hpp"
#include "engine/containers/signal.hpp"

namespace wherry::containers {

namespace {

constexpr std::chrono::seconds default_patience{10};

/// Nothing: for ever.
std::optional<std::chrono::nanoseconds> patience(const StopOptions& options,
                                                 const api::ContainerConfig& config) {
    std::chrono::nanoseconds out = default_patience;
    const std::optional<std::int64_t> chosen =
        options.timeout_s ? options.timeout_s : config.stop_timeout;
    if (chosen) {
        if (*chosen < 0) {
            return std::nullopt;
        }
        out = std::chrono::seconds(*chosen);
    }
    return out;
}

}  // namespace

Task<Result<>> Containers::stop(std::string name, StopOptions options) {
    CO_TRY(auto container, catalog_.get(name));
    CO_CHECK_OK(co_await settled(container));
    CO_CHECK_OK(check_allowed(Operation::stop, container->status(), container->named(name)));
    Result<> stopped = co_await async::shielded(stop_now(std::move(container), std::move(options)));
    if (!stopped) {
        const Error& error = stopped.error();
        if (error.kind() == ErrorKind::unavailable) {
            co_return stopped;
        }
        co_return fail(ErrorKind::internal, "cannot stop container: {}: {}", name, error.message());
    }
    co_return stopped;
}

Task<Result<>> Containers::stop_now(ContainerPtr container, StopOptions options) {
    int number = 0;
    const std::string& text =
        options.signal.empty() ? container->record.config.stop_signal : options.signal;
    CO_TRY(number, parse_signal(text.empty() ? "TERM" : text));
    options.signal = text::format("{}", number);
    co_return co_await stop_running(std::move(container), std::move(options));
}

Task<Result<>> Containers::stop_running(ContainerPtr container, StopOptions options) {
    container->state.stopped_by_hand = true;
    if (container->state.restarting) {
        CO_CHECK_OK(co_await cancel_restart(container));
    }
    if (!container->state.running) {
        co_return Result<>();
    }
    const auto run = container->monitor;
    container->stopping = true;
    const auto limit = patience(options, container->record.config);
    const int number = text::parse_int<int>(options.signal).value_or(15);
    const Result<> sent = co_await signal(container, number);
    if (!sent && sent.error().kind() == ErrorKind::unavailable && container->monitor == run) {
        container->stopping = false;
        co_return sent;
    }
    if (!sent && sent.error().kind() != ErrorKind::conflict) {
        log::warn("container={} {}", short_id(container->id()), sent.error().message());
    }
    bool ended = co_await wait_end(container, limit);
    if (!ended && container->monitor == run) {
        CO_CHECK_OK(co_await kill_now(container, 9));
        ended = co_await wait_end(container, monitor_deadline);
    }
    if (!ended && container->monitor == run) {
        co_return fail(ErrorKind::unavailable, "container {}: it does not end",
                       container->record.name);
    }
    co_return Result<>();
}

/// A container that waits for its next run has none to stop; one whose next start was under way
/// runs afterwards.
Task<Result<>> Containers::cancel_restart(ContainerPtr container) {
    CO_TRY(const auto guard, co_await hold(container));
    if (!container->state.restarting) {
        co_return Result<>();
    }
    container->restart_task.cancel();
    container->state.running = false;
    container->state.restarting = false;
    std::vector<store::Event> events;
    events.push_back(event(*container, "stop"));
    const Result<> stored =
        co_await commit_state(*container, std::move(events), store::Durability::synced);
    ++container->exits;
    container->changed.notify_all();
    co_return stored;
}

Task<bool> Containers::wait_end(ContainerPtr container,
                                std::optional<std::chrono::nanoseconds> limit) {
    const std::uint64_t before = container->exits;
    auto waiting = see_end(std::move(container), before);
    if (!limit) {
        const Result<> seen = co_await std::move(waiting);
        co_return seen.ok() && !closing_;
    }
    const Result<> seen = co_await async::with_deadline(std::move(waiting), *limit);
    co_return seen.ok() && !closing_;
}

/// Looks and begins to wait in one turn of the loop, so that no end comes in between.
Task<Result<>> Containers::see_end(ContainerPtr container, std::uint64_t before) {
    while (container->state.alive() && container->exits == before && !closing_) {
        CO_CHECK_OK(co_await container->changed.wait());
    }
    co_return Result<>();
}

}  // namespace wherry::containers
