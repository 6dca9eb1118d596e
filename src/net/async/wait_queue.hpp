// Tasks that wait in order, the ground under Mutex, Event, Channel and TaskGroup. Loop thread only.
#pragma once

#include <cstddef>
#include <list>
#include <memory>

#include "net/async/task.hpp"

namespace wherry::async {

class WaitQueue {
  public:
    WaitQueue();
    WaitQueue(const WaitQueue&) = delete;
    WaitQueue& operator=(const WaitQueue&) = delete;
    /// Whoever still waits is woken as if cancelled.
    ~WaitQueue();

    /// Waits for a notification; false if the task was cancelled instead.
    [[nodiscard]] Task<bool> wait();
    /// Waits for a notification, whatever happens (false only if the queue is destroyed).
    [[nodiscard]] Task<bool> wait_uncancellable();
    /// Wakes the one that has waited longest; false if nobody waits.
    bool notify_one();
    void notify_all();
    [[nodiscard]] bool empty() const noexcept { return waiters_.empty(); }

  private:
    struct Waiter;
    using Waiters = std::list<std::unique_ptr<Waiter>>;

    Task<bool> enqueue(bool cancellable);
    void wake(Waiters::iterator at, bool notified);

    Waiters waiters_;
};

}  // namespace wherry::async
