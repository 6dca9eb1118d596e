// Time: sleeping, and limits on how long a task may take.
#pragma once

#include <chrono>
#include <string>
#include <utility>

#include "base/text.hpp"
#include "net/async/cancel.hpp"
#include "net/async/task.hpp"

namespace wherry::async {

using Duration = std::chrono::nanoseconds;

[[nodiscard]] Task<Result<>> sleep(Duration duration);
/// Lets the loop do first whatever else is ready; never waits for anything.
[[nodiscard]] Task<> next_turn();

namespace detail {

/// Runs `task`, cancels it when the time is up, and waits for its end in any case. True if the time
/// was up first.
Task<bool> run_limited(Task<> task, Duration limit);
[[nodiscard]] Error deadline_error(Duration limit);

}  // namespace detail

/// Cancels the task when the time is up, waits until it has ended, and then answers `unavailable`
/// ("timed out after 10s"), unless it succeeded all the same.
template <class T>
[[nodiscard]] Task<Result<T>> with_deadline(Task<Result<T>> task, Duration limit) {
    detail::Outcome<Result<T>> outcome;
    const bool expired =
        co_await detail::run_limited(detail::fill(std::move(task), outcome), limit);
    Result<T> result = outcome.take();
    if (expired && !result.ok()) {
        co_return detail::deadline_error(limit);
    }
    co_return result;
}

/// Runs both at once and waits for both; a cancellation of the caller reaches both.
[[nodiscard]] Task<> both(Task<> first, Task<> second);

}  // namespace wherry::async
