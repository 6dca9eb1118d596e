#include "net/async/sleep.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <memory>

#include "net/async/asio_result.hpp"
#include "net/async/task_group.hpp"

namespace wherry::async {

namespace asio = boost::asio;

namespace {

/// Shared by the timer's handler and the coroutine: either may end first.
struct Alarm {
    explicit Alarm(const Executor& executor) : timer(executor) {}
    asio::steady_timer timer;
    TaskGroup* group = nullptr;
    bool expired = false;
};

}  // namespace

Task<Result<>> sleep(Duration duration) {
    const bool cancelled = co_await is_cancelled();
    if (cancelled) {
        co_return cancelled_error();
    }
    const Executor executor = co_await asio::this_coro::executor;
    asio::steady_timer timer(executor, duration);
    const auto result = co_await timer.async_wait(as_result);
    if (std::get<0>(result)) {
        co_return cancelled_error();
    }
    co_return Result<>();
}

Task<> next_turn() {
    co_await asio::post(asio::use_awaitable);
}

Task<bool> detail::run_limited(Task<> task, Duration limit) {
    const Executor executor = co_await asio::this_coro::executor;
    TaskGroup group(executor);
    group.spawn(std::move(task));
    const auto alarm = std::make_shared<Alarm>(executor);
    alarm->group = &group;
    alarm->timer.expires_after(limit);
    alarm->timer.async_wait([alarm](const boost::system::error_code& error) {
        if (!error && alarm->group != nullptr) {
            alarm->expired = true;
            alarm->group->cancel();
        }
    });
    co_await group.join();
    alarm->group = nullptr;
    alarm->timer.cancel();
    co_return alarm->expired;
}

Error detail::deadline_error(Duration limit) {
    using std::chrono::milliseconds;
    const auto ms = std::chrono::duration_cast<milliseconds>(limit).count();
    if (ms % 1000 == 0) {
        return fail(ErrorKind::unavailable, "timed out after {}s", ms / 1000);
    }
    return fail(ErrorKind::unavailable, "timed out after {}ms", ms);
}

Task<> both(Task<> first, Task<> second) {
    const Executor executor = co_await asio::this_coro::executor;
    TaskGroup group(executor);
    group.spawn(std::move(first));
    group.spawn(std::move(second));
    co_await group.join();
}

}  // namespace wherry::async
