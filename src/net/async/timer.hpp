// One callback at one time, for owners of many deadlines; a task that waits uses `sleep`.
#pragma once

#include <functional>
#include <memory>

#include "net/async/sleep.hpp"
#include "net/async/task.hpp"

namespace wherry::async {

class Timer {
  public:
    explicit Timer(const Executor& executor);
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;
    /// The callback does not run after this.
    ~Timer();
    /// Calls `function` on the loop after `duration`; replaces what was set before.
    void start(Duration duration, std::function<void()> function);
    void cancel() noexcept;

  private:
    struct Impl;
    std::shared_ptr<Impl> impl_;  // shared with the handler, which may come after the end
};

}  // namespace wherry::async
