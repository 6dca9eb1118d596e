// Channels, broadcasts and pools: values from one task or thread to another.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "net/async/broadcast.hpp"
#include "net/async/channel.hpp"
#include "net/async/event.hpp"
#include "net/async/loop.hpp"
#include "net/async/pool.hpp"
#include "net/async/task_group.hpp"

namespace wherry::async {
namespace {

using ::testing::ElementsAre;

Task<> send_numbers(Channel<int>& channel, int count, int& sent) {
    for (int i = 0; i < count; ++i) {
        const Result<> put = co_await channel.send(i);
        if (!put.ok()) {
            co_return;
        }
        ++sent;
    }
    channel.close();
}

Task<> receive_all(Channel<int>& channel, std::vector<int>& out) {
    while (true) {
        const Result<std::optional<int>> value = co_await channel.receive();
        if (!value.ok() || !value->has_value()) {
            co_return;
        }
        out.push_back(**value);
    }
}

TEST(Channel, holds_the_sender_back_and_keeps_the_order) {
    Loop loop;
    Channel<int> channel(2);
    int sent = 0;
    std::vector<int> seen;
    TaskGroup group(loop.executor());
    group.spawn(send_numbers(channel, 5, sent));
    loop.poll();
    EXPECT_EQ(sent, 2);
    group.spawn(receive_all(channel, seen));
    run(loop, group.join());
    EXPECT_THAT(seen, ElementsAre(0, 1, 2, 3, 4));
}

TEST(Channel, close_fails_a_waiting_sender_and_lets_the_rest_be_received) {
    Loop loop;
    Channel<int> channel(1);
    int sent = 0;
    std::vector<int> seen;
    TaskGroup group(loop.executor());
    group.spawn(send_numbers(channel, 5, sent));
    loop.poll();
    channel.close();
    group.spawn(receive_all(channel, seen));
    run(loop, group.join());
    EXPECT_EQ(sent, 1);
    EXPECT_THAT(seen, ElementsAre(0));
    EXPECT_FALSE(channel.try_send(9));
}

TEST(Channel, a_cancelled_receiver_does_not_swallow_a_wake_up) {
    Loop loop;
    Channel<int> channel(4);
    std::vector<int> first;
    std::vector<int> second;
    TaskGroup group(loop.executor());
    auto handle = group.spawn(receive_all(channel, first));
    group.spawn(receive_all(channel, second));
    loop.poll();
    EXPECT_TRUE(channel.try_send(1));
    handle.cancel();
    loop.poll();
    EXPECT_TRUE(channel.try_send(2));
    channel.close();
    run(loop, group.join());
    EXPECT_EQ(first.size() + second.size(), 2U);
}

TEST(Broadcast, a_slow_subscriber_loses_the_oldest_and_is_told) {
    Loop loop;
    Broadcast<int> numbers;
    auto slow = numbers.subscribe(2);
    auto fast = numbers.subscribe(10);
    for (int i = 0; i < 5; ++i) {
        numbers.publish(i);
    }
    numbers.close();
    const auto first = run(loop, slow.next()).value();
    EXPECT_EQ(first.missed, 3U);
    EXPECT_EQ(first.value, 3);
    EXPECT_EQ(run(loop, slow.next()).value().value, 4);
    EXPECT_FALSE(run(loop, slow.next()).value().value.has_value());
    EXPECT_EQ(run(loop, fast.next()).value().value, 0);
}

TEST(Broadcast, a_subscriber_that_has_gone_costs_nothing) {
    Broadcast<int> numbers;
    {
        const auto gone = numbers.subscribe(1);
        EXPECT_EQ(numbers.subscribers(), 1U);
    }
    numbers.publish(1);
    EXPECT_EQ(numbers.subscribers(), 0U);
}

Task<Result<std::string>> on_pool(Pool& pool, std::string text) {
    auto function = [text]() -> Result<std::string> { return text + "!"; };
    co_return co_await blocking(pool, std::move(function));
}

Task<Result<std::string>> throw_on_pool(Pool& pool) {
    auto function = []() -> Result<std::string> { throw std::runtime_error("no"); };
    co_return co_await blocking(pool, std::move(function));
}

TEST(Pool, brings_values_and_exceptions_back) {
    Loop loop;
    Pool pool("test", 2);
    EXPECT_EQ(run(loop, on_pool(pool, "hi")).value(), "hi!");
    EXPECT_THROW((void)run(loop, throw_on_pool(pool)).ok(), std::runtime_error);
}

/// A door that threads of a pool wait at.
struct Door {
    std::mutex mutex;
    std::condition_variable opened;
    bool open = false;
    std::atomic<int> passed = 0;

    void pass() {
        std::unique_lock lock(mutex);
        opened.wait(lock, [&] { return open; });
        ++passed;
    }
    void unlock() {
        const std::lock_guard lock(mutex);
        open = true;
        opened.notify_all();
    }
};

Task<> pass_on_pool(Pool& pool, Door& door, std::vector<std::string>& out) {
    auto function = [&door]() -> Result<int> {
        door.pass();
        return 1;
    };
    const Result<int> result = co_await blocking(pool, std::move(function));
    out.emplace_back(result.ok() ? "ok" : std::string(to_string(result.error().kind())));
}

TEST(Pool, a_cancelled_task_waits_for_work_that_runs) {
    Loop loop;
    Door door;
    std::vector<std::string> seen;
    Pool pool("test", 1);
    TaskGroup group(loop.executor());
    group.spawn(pass_on_pool(pool, door, seen));
    loop.poll();
    group.cancel();
    loop.poll();
    EXPECT_TRUE(seen.empty());
    door.unlock();
    run(loop, group.join());
    EXPECT_THAT(seen, ElementsAre("ok"));
}

TEST(Pool, a_full_queue_is_an_error_not_a_wait) {
    Loop loop;
    Door door;
    std::vector<std::string> seen;
    Pool pool("test", 1, 1);
    TaskGroup group(loop.executor());
    for (int i = 0; i < 5; ++i) {
        group.spawn(pass_on_pool(pool, door, seen));
    }
    loop.poll();
    EXPECT_GE(std::count(seen.begin(), seen.end(), "unavailable"), 3);
    door.unlock();
    run(loop, group.join());
    EXPECT_EQ(seen.size(), 5U);
    EXPECT_GE(std::count(seen.begin(), seen.end(), "ok"), 1);
}

TEST(Pool, runs_many_jobs_on_few_threads) {
    Loop loop;
    Door door;
    door.unlock();
    std::vector<std::string> seen;
    Pool pool("test", 3);
    TaskGroup group(loop.executor());
    for (int i = 0; i < 500; ++i) {
        group.spawn(pass_on_pool(pool, door, seen));
    }
    run(loop, group.join());
    EXPECT_EQ(door.passed, 500);
    EXPECT_EQ(std::count(seen.begin(), seen.end(), "ok"), 500);
}

TEST(Pool, its_end_waits_for_what_runs_and_drops_what_is_queued) {
    Loop loop;
    Door door;
    std::vector<std::string> seen;
    TaskGroup group(loop.executor());
    std::thread opener;
    {
        Pool pool("test", 1);
        for (int i = 0; i < 3; ++i) {
            group.spawn(pass_on_pool(pool, door, seen));
        }
        loop.poll();
        opener = std::thread([&] { door.unlock(); });
    }
    opener.join();
    run(loop, group.join());
    EXPECT_EQ(seen.size(), 3U);
}

}  // namespace
}  // namespace wherry::async
