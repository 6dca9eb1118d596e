// The socket on which an OCI runtime hands over the master of a terminal that it made: one byte
// with one descriptor, then it closes.
#pragma once

#include <functional>
#include <string>

#include "base/result.hpp"
#include "monitor/event_loop.hpp"
#include "os/unique_fd.hpp"

namespace wherry::monitor {

class ConsoleSocket {
  public:
    using Arrived = std::function<void(os::UniqueFd master)>;

    ConsoleSocket(EventLoop& loop, Arrived arrived) : loop_(loop), arrived_(std::move(arrived)) {}
    ConsoleSocket(const ConsoleSocket&) = delete;
    ConsoleSocket& operator=(const ConsoleSocket&) = delete;
    ~ConsoleSocket();

    [[nodiscard]] Result<> open(const std::string& path);
    /// Takes what has come in this turn of the loop, before its own handler would.
    void poll();

  private:
    void accept();

    EventLoop& loop_;
    Arrived arrived_;
    os::UniqueFd listener_;
    os::UniqueFd connection_;
};

}  // namespace wherry::monitor
