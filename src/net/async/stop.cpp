#include "net/async/stop.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <memory>

#include "net/async/task_group.hpp"

namespace wherry::async {

namespace asio = boost::asio;

namespace {

/// Shared by the posted request and the coroutine: either may end first. Loop thread only.
struct Target {
    TaskGroup* group = nullptr;
};

}  // namespace

Task<> detail::run_stoppable(Task<> task, std::stop_token token) {
    const Executor executor = co_await asio::this_coro::executor;
    TaskGroup group(executor);
    group.spawn(std::move(task));
    const auto target = std::make_shared<Target>();
    target->group = &group;
    const std::stop_callback callback(std::move(token), [executor, target] {
        asio::post(executor, [target] {
            if (target->group != nullptr) {
                target->group->cancel();
            }
        });
    });
    co_await group.join();
    target->group = nullptr;
}

}  // namespace wherry::async
