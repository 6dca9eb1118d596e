// One epoll loop: descriptors with handlers, one-shot timers, and a hook for when nothing happens.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>

#include "base/result.hpp"
#include "os/unique_fd.hpp"

namespace wherry::monitor {

class EventLoop {
  public:
    using Handler = std::function<void(std::uint32_t events)>;
    using Clock = std::chrono::steady_clock;
    using TimerId = std::uint64_t;

    [[nodiscard]] Result<> open();
    /// Calls `handler` whenever `fd` has one of the (EPOLLIN …) events; EPOLLHUP and EPOLLERR come
    /// unasked. A second call changes events and keeps the handler that runs.
    void watch(int fd, std::uint32_t events, Handler handler);
    void change(int fd, std::uint32_t events);
    /// Before the descriptor is closed. Allowed inside its handler.
    void forget(int fd);
    [[nodiscard]] bool watches(int fd) const { return handlers_.contains(fd); }

    TimerId after(std::chrono::milliseconds delay, std::function<void()> function);
    void cancel(TimerId timer);
    /// Called once each time when nothing has happened for a second.
    void on_idle(std::function<void()> function) { idle_ = std::move(function); }

    void run();
    void stop() noexcept { stopped_ = true; }

  private:
    void fire_timers();
    [[nodiscard]] int wait_ms(bool active) const;

    os::UniqueFd epoll_;
    std::map<int, std::shared_ptr<Handler>> handlers_;  // shared with the call that runs
    std::map<std::pair<Clock::time_point, TimerId>, std::function<void()>> timers_;
    TimerId last_timer_ = 0;
    std::function<void()> idle_;
    bool stopped_ = false;
};

}  // namespace wherry::monitor
