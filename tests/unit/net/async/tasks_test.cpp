// Groups, cancellation, deadlines: how tasks end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "net/async/event.hpp"
#include "net/async/loop.hpp"
#include "net/async/mutex.hpp"
#include "net/async/sleep.hpp"
#include "net/async/task_group.hpp"

namespace wherry::async {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using ::testing::ElementsAre;

Task<int> forty_two() {
    co_return 42;
}

Task<> fails() {
    throw std::runtime_error("no");
    co_return;
}

Task<> note(std::vector<int>& out, int value) {
    out.push_back(value);
    co_return;
}

Task<> wait_and_note(Event& event, std::vector<std::string>& out) {
    const Result<> waited = co_await event.wait();
    out.emplace_back(waited.ok() ? "ok" : std::string(to_string(waited.error().kind())));
    // After a cancellation nothing waits any more.
    const Result<> again = co_await sleep(hours(1));
    out.emplace_back(again.ok() ? "slept" : std::string(to_string(again.error().kind())));
}

TEST(Loop, run_returns_the_value_and_throws_the_exception) {
    EXPECT_EQ(run(forty_two()), 42);
    EXPECT_THROW(run(fails()), std::runtime_error);
}

TEST(Loop, posts_from_another_thread_are_run) {
    Loop loop;
    int seen = 0;
    loop.post([&] { seen = 1; });
    loop.run();
    EXPECT_EQ(seen, 1);
}

TEST(TaskGroup, starts_a_task_at_the_next_turn_not_inside_spawn) {
    Loop loop;
    std::vector<int> seen;
    TaskGroup group(loop.executor());
    group.spawn(note(seen, 1));
    seen.push_back(0);
    run(loop, group.join());
    EXPECT_THAT(seen, ElementsAre(0, 1));
}

Task<> note_whether_running(const TaskHandle& handle, std::vector<int>& out) {
    co_await note(out, handle.running() ? 1 : 0);
}

Task<> spawn_two_now(TaskGroup& group, std::vector<int>& out) {
    TaskHandle first;
    group.spawn_now(note_whether_running(first, out), first);
    out.push_back(2);
    TaskHandle second;
    group.spawn_now(fails(), second);
    out.push_back(3);
    co_return;
}

TEST(TaskGroup, spawn_now_starts_a_task_inside_the_call_with_its_handle_set) {
    Loop loop;
    std::vector<int> seen;
    TaskGroup group(loop.executor());
    group.spawn(spawn_two_now(group, seen));
    run(loop, group.join());
    EXPECT_THAT(seen, ElementsAre(1, 2, 3));
    EXPECT_EQ(group.size(), 0U);
}

TEST(TaskGroup, an_exception_ends_its_task_only) {
    Loop loop;
    std::vector<int> seen;
    TaskGroup group(loop.executor());
    group.spawn(fails());
    group.spawn(note(seen, 1));
    run(loop, group.join());
    EXPECT_THAT(seen, ElementsAre(1));
}

TEST(TaskGroup, cancel_reaches_every_wait_for_good) {
    Loop loop;
    Event never;
    std::vector<std::string> seen;
    TaskGroup group(loop.executor());
    group.spawn(wait_and_note(never, seen));
    loop.poll();
    group.cancel();
    run(loop, group.join());
    EXPECT_THAT(seen, ElementsAre("cancelled", "cancelled"));
}

TEST(TaskGroup, cancel_before_the_first_step_reaches_the_first_wait) {
    Loop loop;
    Event never;
    std::vector<std::string> seen;
    TaskGroup group(loop.executor());
    group.spawn(wait_and_note(never, seen));
    group.cancel();
    run(loop, group.join());
    EXPECT_THAT(seen, ElementsAre("cancelled", "cancelled"));
}

TEST(TaskGroup, a_cancelled_group_drops_new_tasks) {
    Loop loop;
    std::vector<int> seen;
    TaskGroup group(loop.executor());
    group.cancel();
    group.spawn(note(seen, 1));
    run(loop, group.join());
    EXPECT_TRUE(seen.empty());
}

TEST(TaskGroup, a_handle_cancels_one_task) {
    Loop loop;
    Event event;
    std::vector<std::string> first;
    std::vector<std::string> second;
    TaskGroup group(loop.executor());
    auto handle = group.spawn(wait_and_note(event, first));
    group.spawn(wait_and_note(event, second));
    loop.poll();
    handle.cancel();
    loop.poll();
    EXPECT_THAT(first, ElementsAre("cancelled", "cancelled"));
    EXPECT_TRUE(second.empty());
    EXPECT_FALSE(handle.running());
    group.cancel();
    run(loop, group.join());
}

Task<> owner(Event& never, std::vector<std::string>& out, bool& done) {
    const Executor executor = co_await boost::asio::this_coro::executor;
    TaskGroup inner(executor);
    inner.spawn(wait_and_note(never, out));
    co_await inner.join();
    done = true;
}

TEST(TaskGroup, cancelling_the_one_who_joins_cancels_the_group) {
    Loop loop;
    Event never;
    std::vector<std::string> seen;
    bool done = false;
    TaskGroup outer(loop.executor());
    outer.spawn(owner(never, seen, done));
    loop.poll();
    outer.cancel();
    run(loop, outer.join());
    EXPECT_TRUE(done);
    EXPECT_THAT(seen, ElementsAre("cancelled", "cancelled"));
}

Task<Result<int>> sleep_and_answer(milliseconds time) {
    CO_CHECK_OK(co_await sleep(time));
    co_return 7;
}

TEST(Deadline, passes_the_value_of_a_task_in_time) {
    EXPECT_EQ(run(with_deadline(sleep_and_answer(milliseconds(0)), hours(1))).value(), 7);
}

TEST(Deadline, cancels_a_task_that_takes_too_long) {
    const auto result =
        run(with_deadline(sleep_and_answer(milliseconds(3600000)), milliseconds(2)));
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().kind(), ErrorKind::unavailable);
    EXPECT_EQ(result.error().message(), "timed out after 2ms");
}

Task<> keep_result(Task<Result<int>> task, std::string& out) {
    const Result<int> result = co_await std::move(task);
    out = result.ok() ? "ok" : std::string(to_string(result.error().kind()));
}

TEST(Deadline, a_cancelled_caller_sees_cancelled_not_the_deadline) {
    Loop loop;
    std::string seen;
    TaskGroup group(loop.executor());
    group.spawn(keep_result(with_deadline(sleep_and_answer(hours(1)), hours(2)), seen));
    loop.poll();
    group.cancel();
    run(loop, group.join());
    EXPECT_EQ(seen, "cancelled");
}

Task<int> wait_shielded(Event& event) {
    const Result<> waited = co_await event.wait();
    co_return waited.ok() ? 1 : 0;
}

Task<> shield(Event& event, int& out) {
    const int value = co_await shielded(wait_shielded(event));
    out = value;
}

TEST(Shielded, a_shielded_task_is_not_cancelled) {
    Loop loop;
    Event event;
    int seen = -1;
    TaskGroup group(loop.executor());
    group.spawn(shield(event, seen));
    loop.poll();
    group.cancel();
    loop.poll();
    EXPECT_EQ(seen, -1);
    event.set();
    run(loop, group.join());
    EXPECT_EQ(seen, 1);
}

Task<> lock_and_note(Mutex& mutex, Event& release, std::vector<int>& out, int id) {
    const Result<Mutex::Guard> guard = co_await mutex.lock();
    out.push_back(guard.ok() ? id : -id);
    const Result<> waited = co_await release.wait();
    (void)waited.ok();
}

TEST(Mutex, is_handed_over_in_order_and_skips_the_cancelled) {
    Loop loop;
    Mutex mutex;
    Event release;
    std::vector<int> seen;
    TaskGroup group(loop.executor());
    group.spawn(lock_and_note(mutex, release, seen, 1));
    auto second = group.spawn(lock_and_note(mutex, release, seen, 2));
    group.spawn(lock_and_note(mutex, release, seen, 3));
    loop.poll();
    EXPECT_THAT(seen, ElementsAre(1));
    second.cancel();
    loop.poll();
    EXPECT_THAT(seen, ElementsAre(1, -2));
    release.set();
    run(loop, group.join());
    EXPECT_THAT(seen, ElementsAre(1, -2, 3));
    EXPECT_FALSE(mutex.locked());
}

TEST(Mutex, a_lock_handed_to_a_task_that_is_cancelled_then_is_passed_on) {
    Loop loop;
    Mutex mutex;
    Event first_release;
    Event never;
    std::vector<int> seen;
    TaskGroup group(loop.executor());
    group.spawn(lock_and_note(mutex, first_release, seen, 1));
    auto second = group.spawn(lock_and_note(mutex, never, seen, 2));
    group.spawn(lock_and_note(mutex, first_release, seen, 3));
    loop.poll();
    first_release.set();
    second.cancel();
    run(loop, group.join());
    EXPECT_EQ(seen.back(), 3);
    EXPECT_FALSE(mutex.locked());
}

Task<> lock_key(KeyMutex& mutex, std::string key, Event& release, std::vector<std::string>& out) {
    const std::string name = key;
    const auto guard = co_await mutex.lock(std::move(key));
    out.push_back(guard.ok() ? name : "-" + name);
    const Result<> waited = co_await release.wait();
    (void)waited.ok();
}

TEST(KeyMutex, one_name_waits_for_itself_only) {
    Loop loop;
    KeyMutex mutex;
    Event release;
    std::vector<std::string> seen;
    TaskGroup group(loop.executor());
    group.spawn(lock_key(mutex, "a", release, seen));
    group.spawn(lock_key(mutex, "a", release, seen));
    group.spawn(lock_key(mutex, "b", release, seen));
    loop.poll();
    EXPECT_THAT(seen, ElementsAre("a", "b"));
    release.set();
    run(loop, group.join());
    EXPECT_THAT(seen, ElementsAre("a", "b", "a"));
}

}  // namespace
}  // namespace wherry::async
