#include "net/async/wait_queue.hpp"

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "net/async/cancel.hpp"

namespace wherry::async {

namespace asio = boost::asio;

struct WaitQueue::Waiter {
    asio::any_completion_handler<void(bool)> handler;
    Executor executor;
    bool cancellable = false;
};

WaitQueue::WaitQueue() = default;

WaitQueue::~WaitQueue() {
    while (!waiters_.empty()) {
        wake(waiters_.begin(), false);
    }
}

void WaitQueue::wake(Waiters::iterator at, bool notified) {
    const std::unique_ptr<Waiter> waiter = std::move(*at);
    waiters_.erase(at);
    if (waiter->cancellable) {
        asio::get_associated_cancellation_slot(waiter->handler).clear();
    }
    asio::post(waiter->executor, [handler = std::move(waiter->handler), notified]() mutable {
        std::move(handler)(notified);
    });
}

Task<bool> WaitQueue::enqueue(bool cancellable) {
    Executor executor = co_await asio::this_coro::executor;
    auto start = [this, &executor, cancellable](auto handler) {
        const auto at = waiters_.insert(
            waiters_.end(),
            std::make_unique<Waiter>(Waiter{std::move(handler), executor, cancellable}));
        if (cancellable) {
            // The erased handler's slot: it stands between the task's slot and this one.
            auto slot = asio::get_associated_cancellation_slot((*at)->handler);
            // A program's own coroutine may have been spawned without one.
            if (slot.is_connected()) {
                slot.assign([this, at](asio::cancellation_type /*type*/) { wake(at, false); });
            }
        }
    };
    auto waiting = asio::async_initiate<const asio::use_awaitable_t<>, void(bool)>(
        std::move(start), asio::use_awaitable);
    const bool notified = co_await std::move(waiting);
    co_return notified;
}

Task<bool> WaitQueue::wait() {
    const bool cancelled = co_await is_cancelled();
    if (cancelled) {
        co_return false;
    }
    co_return co_await enqueue(true);
}

Task<bool> WaitQueue::wait_uncancellable() {
    return enqueue(false);
}

bool WaitQueue::notify_one() {
    if (waiters_.empty()) {
        return false;
    }
    wake(waiters_.begin(), true);
    return true;
}

void WaitQueue::notify_all() {
    // Only those who wait now: one that waits again at once is not woken twice.
    for (auto count = waiters_.size(); count > 0; --count) {
        wake(waiters_.begin(), true);
    }
}

}  // namespace wherry::async
