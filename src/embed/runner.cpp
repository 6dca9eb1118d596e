#include "embed/runner.hpp"

#include <pthread.h>

#include <csignal>

#include "os/file_context.hpp"
#include "os/socket.hpp"

namespace wherry::embed {

Result<std::shared_ptr<Runner>> Runner::start(server::EngineConfig config,
                                              std::chrono::milliseconds end_grace) {
    std::shared_ptr<Runner> runner(new Runner(end_grace));
    std::promise<Result<>> ready;
    auto opened = ready.get_future();
    // The program's signals are for the program's threads.
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    runner->thread_ = std::thread(
        [raw = runner.get(), config = std::move(config), ready = std::move(ready)]() mutable {
            raw->run(std::move(config), std::move(ready));
        });
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    CHECK_OK(opened.get());
    return runner;
}

Runner::~Runner() {
    close();
}

void Runner::close() {
    {
        const std::lock_guard lock(mutex_);
        if (open_) {
            open_ = false;
            loop_.post([this] { ending_.set(); });
        }
    }
    if (thread_.joinable()) {
        thread_.join();
    }
}

Result<os::UniqueFd> Runner::connect() {
    TRY(auto ends, os::socket_pair());
    const std::lock_guard lock(mutex_);
    if (!open_) {
        return Error(ErrorKind::unavailable, "the embedded engine has ended");
    }
    // A function must be copyable; the descriptor moves into the loop's thread by a shared place.
    auto place = std::make_shared<os::UniqueFd>(std::move(ends.first));
    loop_.post([this, place] { take(std::move(*place)); });
    return std::move(ends.second);
}

void Runner::take(os::UniqueFd connection) {
    service_->api().serve(std::move(connection));
}

void Runner::run(server::EngineConfig config, std::promise<Result<>> ready) {
    pthread_setname_np(pthread_self(), "wherry-engine");
    if (Result<> own = os::enter_own_file_context(); !own) {
        ready.set_value(std::move(own));
        return;
    }
    auto service = server::Service::open(std::move(config), loop_);
    if (!service) {
        ready.set_value(std::move(service).error());
        return;
    }
    service_ = std::move(*service);
    {
        const std::lock_guard lock(mutex_);
        open_ = true;
    }
    ready.set_value({});
    async::run(loop_, serve());
    service_.reset();
}

Task<> Runner::serve() {
    const Result<> ended = co_await ending_.wait();
    static_cast<void>(ended);  // however it ended, it ends now
    co_await service_->close(end_grace_);
}

}  // namespace wherry::embed
