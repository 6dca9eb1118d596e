#include "net/async/task_group.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cassert>
#include <list>

#include "base/log.hpp"
#include "base/scope_guard.hpp"
#include "net/async/wait_queue.hpp"

namespace wherry::async {

namespace asio = boost::asio;

struct TaskHandle::Member {
    asio::cancellation_signal signal;
    std::list<std::shared_ptr<Member>>::iterator at;
};

struct TaskGroup::State {
    Executor executor;
    std::list<std::shared_ptr<TaskHandle::Member>> members;
    WaitQueue emptied;
    bool cancelled = false;
    bool abandoned = false;

    void cancel_all() {
        for (const auto& member : members) {
            member->signal.emit(asio::cancellation_type::terminal);
        }
    }
};

namespace {

void log_exception() {
    try {
        throw;
    } catch (const std::exception& problem) {
        log::error("task ended by an exception what={}", problem.what());
    } catch (...) {
        log::error("task ended by an unknown exception");
    }
}

}  // namespace

void TaskHandle::cancel() noexcept {
    if (const auto member = member_.lock()) {
        member->signal.emit(asio::cancellation_type::terminal);
    }
}

TaskGroup::TaskGroup(Executor executor) : state_(std::make_shared<State>()) {
    state_->executor = std::move(executor);
}

TaskGroup::~TaskGroup() {
    assert((state_->abandoned || state_->members.empty()) &&
           "a task group was destroyed with tasks running");
}

Task<> TaskGroup::run(std::shared_ptr<State> state, std::shared_ptr<TaskHandle::Member> member,
                      Task<> task, bool at_next_turn) {
    const auto leave = on_exit([&]() noexcept {
        state->members.erase(member->at);
        if (state->members.empty()) {
            state->emptied.notify_all();
        }
    });
    co_await asio::this_coro::throw_if_cancelled(false);
    if (at_next_turn) {
        co_await asio::post(asio::use_awaitable);
    }
    try {
        co_await std::move(task);
    } catch (...) {
        log_exception();
    }
}

TaskHandle TaskGroup::spawn(Task<> task) {
    TaskHandle handle;
    start(std::move(task), handle, true);
    return handle;
}

void TaskGroup::spawn_now(Task<> task, TaskHandle& handle) {
    start(std::move(task), handle, false);
}

void TaskGroup::start(Task<> task, TaskHandle& handle, bool at_next_turn) {
    if (state_->cancelled) {
        return;
    }
    auto member = std::make_shared<TaskHandle::Member>();
    member->at = state_->members.insert(state_->members.end(), member);
    handle.member_ = member;
    const auto slot = member->signal.slot();
    // The completion handler keeps the member: the coroutine's entry refers to its signal longest.
    auto done = asio::bind_cancellation_slot(slot, [member](const std::exception_ptr&) noexcept {});
    asio::co_spawn(state_->executor, run(state_, std::move(member), std::move(task), at_next_turn),
                   std::move(done));
}

void TaskGroup::cancel() noexcept {
    state_->cancelled = true;
    state_->cancel_all();
}

void TaskGroup::abandon() noexcept {
    state_->abandoned = true;
    cancel();
}

Task<> TaskGroup::join() {
    const auto state = state_;
    while (!state->members.empty()) {
        const bool notified = co_await state->emptied.wait();
        if (!notified && !state->members.empty()) {
            state->cancelled = true;
            state->cancel_all();
            co_await state->emptied.wait_uncancellable();
        }
    }
}

std::size_t TaskGroup::size() const noexcept {
    return state_->members.size();
}
const Executor& TaskGroup::executor() const noexcept {
    return state_->executor;
}

}  // namespace wherry::async
