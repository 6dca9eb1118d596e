// Waiting for something to happen to a container's log.
#pragma once

#include <utility>

#include "engine/containers/container.hpp"
#include "net/async/event.hpp"
#include "net/async/socket.hpp"
#include "net/async/task_group.hpp"
#include "os/watch.hpp"

namespace wherry::containers {

/// Waits until the watch (os/watch.hpp) has something to tell, or the container's state has
/// changed.
class Growth {
  public:
    Growth(const async::Executor& executor, Container& container, os::UniqueFd watch)
        : watch_(std::move(watch)), group_(executor) {
        if (watch_) {
            group_.spawn(watch_file());
        }
        group_.spawn(watch_container(container));
    }
    Task<Result<>> wait() {
        Result<> woken = co_await happened_.wait();
        happened_.reset();
        co_return woken;
    }
    Task<> close() {
        group_.cancel();
        co_await group_.join();
    }

  private:
    Task<> watch_file() {
        while (true) {
            const Result<> readable = co_await async::wait_readable(watch_.get());
            if (!readable) {
                co_return;
            }
            os::drain_watch(watch_.get());
            happened_.set();
        }
    }
    Task<> watch_container(Container& container) {
        while (true) {
            const Result<> changed = co_await container.changed.wait();
            if (!changed) {
                co_return;
            }
            happened_.set();
        }
    }

    os::UniqueFd watch_;
    async::Event happened_;
    async::TaskGroup group_;
};

}  // namespace wherry::containers
