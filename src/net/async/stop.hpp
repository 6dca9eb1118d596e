// Stop tokens: cancelling a task from outside the loop.
#pragma once

#include <stop_token>
#include <utility>

#include "net/async/cancel.hpp"
#include "net/async/task.hpp"

namespace wherry::async {

namespace detail {

/// Runs `task` to its end; a stop request cancels it.
Task<> run_stoppable(Task<> task, std::stop_token token);

}  // namespace detail

/// The task's own result; a stop requested on `token`, from any thread, cancels the task.
template <class T>
[[nodiscard]] Task<Result<T>> with_stop(Task<Result<T>> task, std::stop_token token) {
    detail::Outcome<Result<T>> outcome;
    co_await detail::run_stoppable(detail::fill(std::move(task), outcome), std::move(token));
    co_return outcome.take();
}

}  // namespace wherry::async
