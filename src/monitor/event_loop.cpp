#include "monitor/event_loop.hpp"

#include <sys/epoll.h>

#include <algorithm>

#include "os/syscall.hpp"

namespace wherry::monitor {

namespace {
constexpr std::chrono::milliseconds idle_time{1000};
}

Result<> EventLoop::open() {
    TRY(const int fd,
        os::checked("epoll_create", "", [] { return ::epoll_create1(EPOLL_CLOEXEC); }));
    epoll_.reset(fd);
    return {};
}

void EventLoop::watch(int fd, std::uint32_t events, Handler handler) {
    if (handlers_.contains(fd)) {
        change(fd, events);
        return;
    }
    epoll_event event{.events = events, .data = {.fd = fd}};
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0) {
        handlers_.emplace(fd, std::make_shared<Handler>(std::move(handler)));
    }
}

void EventLoop::change(int fd, std::uint32_t events) {
    epoll_event event{.events = events, .data = {.fd = fd}};
    (void)::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event);
}

void EventLoop::forget(int fd) {
    if (handlers_.erase(fd) != 0) {
        (void)::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
    }
}

EventLoop::TimerId EventLoop::after(std::chrono::milliseconds delay,
                                    std::function<void()> function) {
    timers_.emplace(std::pair(Clock::now() + delay, ++last_timer_), std::move(function));
    return last_timer_;
}

void EventLoop::cancel(TimerId timer) {
    std::erase_if(timers_, [timer](const auto& entry) { return entry.first.second == timer; });
}

void EventLoop::fire_timers() {
    while (!timers_.empty() && timers_.begin()->first.first <= Clock::now()) {
        const auto function = std::move(timers_.begin()->second);
        timers_.erase(timers_.begin());
        function();
    }
}

int EventLoop::wait_ms(bool active) const {
    int limit = active ? static_cast<int>(idle_time.count()) : -1;
    if (!timers_.empty()) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(
            timers_.begin()->first.first - Clock::now());
        const int until = static_cast<int>(std::max<std::int64_t>(0, left.count()));
        limit = limit < 0 ? until : std::min(limit, until);
    }
    return limit;
}

void EventLoop::run() {
    epoll_event events[32];
    bool active = true;
    auto last_event = Clock::now();
    while (!stopped_) {
        const int count =
            os::retry([&] { return ::epoll_wait(epoll_.get(), events, 32, wait_ms(active)); });
        if (count > 0) {
            active = true;
            last_event = Clock::now();
        } else if (active && Clock::now() - last_event >= idle_time) {
            // A timer's end is no sign of rest: it may come in the middle of work.
            active = false;
            if (idle_) {
                idle_();
            }
        }
        for (int i = 0; i < count && !stopped_; ++i) {
            // An earlier handler of this round may have forgotten it (a new descriptor of the same
            // number then gets a wake-up for nothing, which handlers bear).
            const auto found = handlers_.find(events[i].data.fd);
            if (found != handlers_.end()) {
                const auto handler = found->second;
                (*handler)(events[i].events);
            }
        }
        fire_timers();
    }
}

}  // namespace wherry::monitor
