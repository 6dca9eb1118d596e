#include "net/async/cancel.hpp"

#include <boost/asio/this_coro.hpp>

#include "net/async/task_group.hpp"
#include "net/async/wait_queue.hpp"

namespace wherry::async {

namespace asio = boost::asio;

namespace {

Task<> run_and_notify(Task<> task, WaitQueue& ended) {
    co_await std::move(task);
    ended.notify_all();
}

}  // namespace

Error cancelled_error() {
    return {ErrorKind::cancelled, "cancelled"};
}

Task<bool> is_cancelled() {
    const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
    co_return state.cancelled() != asio::cancellation_type::none;
}

Task<> detail::run_shielded(Task<> task) {
    const Executor executor = co_await asio::this_coro::executor;
    WaitQueue ended;
    TaskGroup group(executor);
    group.spawn(run_and_notify(std::move(task), ended));
    // The task starts at the next turn of the loop, so it cannot have ended yet.
    co_await ended.wait_uncancellable();
    // Only its last step is left: the cancellation that join may pass on finds nothing to stop.
    co_await group.join();
}

}  // namespace wherry::async
