// Cancellation: once a task was cancelled, every wait of net/ in it answers Error{cancelled}, at
// once and for good; nothing throws. Cleanup that must wait goes through `shielded`.
#pragma once

#include <exception>
#include <optional>
#include <utility>

#include "net/async/task.hpp"

namespace wherry::async {

/// The error that a cancelled wait gives.
[[nodiscard]] Error cancelled_error();
/// Whether the task that asks was cancelled. Never waits.
[[nodiscard]] Task<bool> is_cancelled();

namespace detail {

/// Runs `task` where the caller's cancellation does not reach it.
Task<> run_shielded(Task<> task);

/// Where a task leaves its value or its exception for the one that waits.
template <class T>
struct Outcome {
    std::optional<T> value;
    std::exception_ptr exception;

    T take() {
        if (exception) {
            std::rethrow_exception(exception);
        }
        return std::move(*value);
    }
};

template <>
struct Outcome<void> {
    std::exception_ptr exception;

    void take() const {
        if (exception) {
            std::rethrow_exception(exception);
        }
    }
};

/// `outcome` lives until the task has ended.
template <class T>
Task<> fill(Task<T> task, Outcome<T>& outcome) {
    try {
        if constexpr (std::is_void_v<T>) {
            co_await std::move(task);
        } else {
            T value = co_await std::move(task);
            outcome.value.emplace(std::move(value));
        }
    } catch (...) {
        outcome.exception = std::current_exception();
    }
}

}  // namespace detail

/// Runs `task` to its end, even if the caller is or gets cancelled.
template <class T>
[[nodiscard]] Task<T> shielded(Task<T> task) {
    detail::Outcome<T> outcome;
    co_await detail::run_shielded(detail::fill(std::move(task), outcome));
    co_return outcome.take();
}

}  // namespace wherry::async
