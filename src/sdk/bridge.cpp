#include "sdk/bridge.hpp"

#include <pthread.h>

#include <csignal>

namespace wherry::sdk {

namespace {

Task<> finish(Task<> task, std::latch& done) {
    co_await std::move(task);
    done.count_down();
}

Task<> wait_for_end(async::Event& stopping, async::TaskGroup& group) {
    const auto stopped = co_await stopping.wait();
    static_cast<void>(stopped);  // however it ended, it ends now
    group.cancel();
    co_await group.join();
}

}  // namespace

Bridge::Bridge() : group_(std::make_unique<async::TaskGroup>(loop_.executor())) {
    // The program's signals are for the program's threads.
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    thread_ = std::thread([this] { serve(); });
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    ready_.wait();
}

Bridge::~Bridge() {
    loop_.post([this] { stopping_.set(); });
    thread_.join();
}

void Bridge::serve() {
    pthread_setname_np(pthread_self(), "wherry-sdk");
    ready_.count_down();
    async::run_task(loop_, wait_for_end(stopping_, *group_));
}

void Bridge::spawn(Task<> task, std::latch& done) {
    // A function must be copyable; the task moves into the loop's thread through a shared place.
    auto place = std::make_shared<Task<>>(finish(std::move(task), done));
    loop_.post([this, place] { group_->spawn(std::move(*place)); });
}

void Bridge::run_on_loop(const std::function<void()>& function) {
    std::latch done(1);
    loop_.post([&function, &done] {
        function();
        done.count_down();
    });
    done.wait();
}

}  // namespace wherry::sdk
