#include "net/async/pool.hpp"

#include <pthread.h>

#include <csignal>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace wherry::async {

namespace asio = boost::asio;

struct Pool::State {
    std::string name;
    std::size_t max_threads = 0;
    std::size_t queue_limit = 0;
    std::mutex mutex;
    std::condition_variable wake;
    std::deque<std::function<void(bool)>> queue;
    std::vector<std::thread> threads;
    std::size_t idle = 0;
    bool stopping = false;

    void work() {
        ::pthread_setname_np(::pthread_self(), name.c_str());
        // sendfile(2) to a peer that has gone knows no MSG_NOSIGNAL.
        sigset_t pipe_signal;
        ::sigemptyset(&pipe_signal);
        ::sigaddset(&pipe_signal, SIGPIPE);
        ::pthread_sigmask(SIG_BLOCK, &pipe_signal, nullptr);
        std::unique_lock lock(mutex);
        while (true) {
            ++idle;
            wake.wait(lock, [&] { return stopping || !queue.empty(); });
            --idle;
            if (stopping) {
                return;
            }
            auto job = std::move(queue.front());
            queue.pop_front();
            lock.unlock();
            job(true);
            job = nullptr;
            lock.lock();
        }
    }
};

Pool::Pool(const std::string& name, std::size_t threads, std::size_t queue_limit)
    : state_(std::make_unique<State>()) {
    state_->name = name.substr(0, 15);
    state_->max_threads = threads;
    state_->queue_limit = queue_limit;
}

Pool::~Pool() {
    std::deque<std::function<void(bool)>> dropped;
    {
        const std::lock_guard lock(state_->mutex);
        state_->stopping = true;
        dropped.swap(state_->queue);
    }
    state_->wake.notify_all();
    for (auto& thread : state_->threads) {
        thread.join();
    }
    for (auto& job : dropped) {
        job(false);
    }
}

bool Pool::submit(std::function<void(bool)> job) {
    {
        const std::lock_guard lock(state_->mutex);
        if (state_->stopping || state_->queue.size() >= state_->queue_limit) {
            return false;
        }
        state_->queue.push_back(std::move(job));
        // A thread that is about to take an earlier job still counts as idle here.
        if (state_->idle < state_->queue.size() && state_->threads.size() < state_->max_threads) {
            state_->threads.emplace_back([state = state_.get()] { state->work(); });
        }
    }
    state_->wake.notify_one();
    return true;
}

namespace {

enum class Ended { ran, dropped, refused };

/// What the pool's thread needs to run the job and to tell the loop; shared because std::function
/// must be copyable.
struct Ticket {
    std::function<void()> job;
    asio::any_completion_handler<void(Ended)> handler;
    asio::executor_work_guard<Executor> work;  // keeps the loop running meanwhile

    void finish(Ended ended) {
        const Executor executor = work.get_executor();
        asio::post(executor, [done = std::move(handler), keep = std::move(work), ended]() mutable {
            std::move(done)(ended);
        });
    }
};

}  // namespace

Task<Result<>> detail::run_on_pool(Pool& pool, std::function<void()> job) {
    const bool cancelled = co_await is_cancelled();
    if (cancelled) {
        co_return cancelled_error();
    }
    const Executor executor = co_await asio::this_coro::executor;
    auto start = [&pool, &executor, &job](auto handler) {
        auto ticket = std::make_shared<Ticket>(
            Ticket{std::move(job), std::move(handler), asio::make_work_guard(executor)});
        const bool accepted = pool.submit([ticket](bool run) {
            if (run) {
                ticket->job();
            }
            ticket->finish(run ? Ended::ran : Ended::dropped);
        });
        if (!accepted) {
            ticket->finish(Ended::refused);
        }
    };
    auto waiting = asio::async_initiate<const asio::use_awaitable_t<>, void(Ended)>(
        std::move(start), asio::use_awaitable);
    const Ended ended = co_await std::move(waiting);
    if (ended == Ended::refused) {
        co_return fail(ErrorKind::unavailable, "too much work is waiting");
    }
    if (ended == Ended::dropped) {
        co_return cancelled_error();
    }
    co_return Result<>();
}

}  // namespace wherry::async
