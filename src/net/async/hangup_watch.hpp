// Notices that peers have gone while nobody reads from them. Bytes that wait to be read do not wake
// it, so it costs nothing but at the end of a connection.
#pragma once

#include <functional>
#include <memory>

#include "net/async/task.hpp"

namespace wherry::async {

class HangupWatch {
  public:
    explicit HangupWatch(const Executor& executor);
    HangupWatch(const HangupWatch&) = delete;
    HangupWatch& operator=(const HangupWatch&) = delete;
    ~HangupWatch();
    /// Calls `gone` once, on the loop, when the socket's peer has closed or died. A unix peer that
    /// only half-closed still listens; of a TCP peer that cannot be told, it counts as gone.
    void add(int fd, std::function<void()> gone);
    /// Before the descriptor is closed or given away; nothing happens if it is not watched.
    void remove(int fd) noexcept;

  private:
    struct Impl;
    std::shared_ptr<Impl> impl_;  // shared with the wait that runs
};

}  // namespace wherry::async
