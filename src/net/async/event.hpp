// Waiting for something to happen, one to many. Loop thread only.
#pragma once

#include "net/async/wait_queue.hpp"

namespace wherry::async {

/// Wakes those who wait at that moment; nothing is remembered.
class Notifier {
  public:
    [[nodiscard]] Task<Result<>> wait();
    void notify_all() { queue_.notify_all(); }
    bool notify_one() { return queue_.notify_one(); }

  private:
    WaitQueue queue_;
};

/// Stays set until it is reset; waiting for a set event does not wait.
class Event {
  public:
    [[nodiscard]] Task<Result<>> wait();
    void set() {
        set_ = true;
        queue_.notify_all();
    }
    void reset() noexcept { set_ = false; }
    [[nodiscard]] bool is_set() const noexcept { return set_; }

  private:
    WaitQueue queue_;
    bool set_ = false;
};

}  // namespace wherry::async
