#include "net/async/loop.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <cassert>

#include "net/async/task_group.hpp"

namespace wherry::async {

namespace asio = boost::asio;

struct Loop::Impl {
    // One thread runs it; others only post.
    asio::io_context context{1};
};

Loop::Loop() : impl_(std::make_unique<Impl>()) {}
Loop::~Loop() = default;

Executor Loop::executor() const {
    return impl_->context.get_executor();
}

void Loop::run() {
    impl_->context.restart();
    impl_->context.run();
}

void Loop::stop() {
    impl_->context.stop();
}

void Loop::poll() {
    impl_->context.restart();
    impl_->context.poll();
}

void Loop::run_one(std::chrono::nanoseconds limit) {
    impl_->context.restart();
    impl_->context.run_one_for(limit);
}

void Loop::post(std::function<void()> function) {
    asio::post(impl_->context, std::move(function));
}

void run_task(Loop& loop, Task<> task) {
    TaskGroup group(loop.executor());
    group.spawn(std::move(task));
    auto& context = loop.impl_->context;
    context.restart();
    while (group.size() > 0) {
        const auto ran = context.run_one();
        assert(ran > 0 && "the loop was stopped under a task that it should finish");
        if (ran == 0) {
            std::terminate();
        }
    }
}

}  // namespace wherry::async
