#include "net/async/event.hpp"

#include "net/async/cancel.hpp"

namespace wherry::async {

Task<Result<>> Notifier::wait() {
    const bool notified = co_await queue_.wait();
    if (!notified) {
        co_return cancelled_error();
    }
    co_return Result<>();
}

Task<Result<>> Event::wait() {
    while (!set_) {
        const bool notified = co_await queue_.wait();
        if (!notified) {
            co_return cancelled_error();
        }
    }
    co_return Result<>();
}

}  // namespace wherry::async
