// Threads for work that blocks. Work goes in by value and comes back by value, on the loop.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "net/async/cancel.hpp"
#include "net/async/task.hpp"

namespace wherry::async {

/// A bounded number of threads, started when needed, and a bounded queue. One pool a kind of work,
/// so that work that is stuck starves no other kind.
class Pool {
  public:
    /// `name` (15 bytes at most) is what the threads are called in /proc.
    Pool(const std::string& name, std::size_t threads, std::size_t queue_limit = 4096);
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;
    /// Waits for the work that runs; what is queued is dropped. Destroy it before the loop.
    ~Pool();

    /// From any thread; `job(true)` on a thread of the pool, or `job(false)` if it is dropped.
    /// False if the queue is full.
    [[nodiscard]] bool submit(std::function<void(bool run)> job);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

namespace detail {

/// Runs `job` on the pool and returns when it has ended. Waits even if the task is cancelled, since
/// the job may still use what the caller holds.
Task<Result<>> run_on_pool(Pool& pool, std::function<void()> job);

}  // namespace detail

/// Runs `function` (returning a Result<T>) on a thread of the pool: `co_await blocking(pool, f)`
/// with a named f. A cancelled task does not start it, and waits for one that runs.
template <class F>
[[nodiscard]] auto blocking(Pool& pool, F function) -> Task<decltype(function())> {
    using R = decltype(function());
    std::optional<R> result;
    std::exception_ptr exception;
    auto job = std::function<void()>([&function, &result, &exception] {
        try {
            result.emplace(function());
        } catch (...) {
            exception = std::current_exception();
        }
    });
    Result<> ran = co_await detail::run_on_pool(pool, std::move(job));
    if (exception) {
        std::rethrow_exception(exception);
    }
    if (!ran) {
        co_return std::move(ran).error();
    }
    co_return std::move(*result);
}

}  // namespace wherry::async
