// The loop: one thread runs it and owns all state that its tasks touch.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "net/async/cancel.hpp"
#include "net/async/task.hpp"

namespace wherry::async {

class Loop {
  public:
    Loop();
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;
    /// Destroy pools and everything that posts to this loop from other threads before it.
    ~Loop();

    [[nodiscard]] Executor executor() const;
    /// Runs until there is no task left, or `stop`.
    void run();
    /// From any thread: `run` returns soon, tasks stay suspended where they are.
    void stop();
    /// Runs what is ready now, without waiting.
    void poll();
    /// Waits for something to do, at most so long, and does it.
    void run_one(std::chrono::nanoseconds limit);
    /// From any thread: runs `function` on the loop's thread.
    void post(std::function<void()> function);

  private:
    friend void run_task(Loop& loop, Task<> task);
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// Runs the loop until `task` has ended; other tasks of the loop run meanwhile. `Task<T>` by `run`.
void run_task(Loop& loop, Task<> task);

/// Runs one task to its end and returns its value; exceptions come out. Not from inside a task.
template <class T>
T run(Loop& loop, Task<T> task) {
    detail::Outcome<T> outcome;
    run_task(loop, detail::fill(std::move(task), outcome));
    return outcome.take();
}
/// The same on a loop of its own, which ends with the task.
template <class T>
T run(Task<T> task) {
    Loop loop;
    return run(loop, std::move(task));
}

}  // namespace wherry::async
