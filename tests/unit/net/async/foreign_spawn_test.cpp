// Tasks that a program spawned itself, on its own context: without a slot that could cancel them.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <gtest/gtest.h>

#include "net/async/event.hpp"
#include "net/async/mutex.hpp"

namespace wherry::async {
namespace {

/// The tests look at what the tasks leave.
void ended(const std::exception_ptr& problem) {
    EXPECT_FALSE(problem);
}

Task<> wait_for(Event& event, bool& woken) {
    const Result<> waited = co_await event.wait();
    woken = waited.ok();
}

Task<> hold(Mutex& mutex, int& order) {
    const auto guard = co_await mutex.lock();
    order += guard.ok() ? 1 : 0;
}

TEST(ForeignSpawn, waits_need_no_cancellation_slot) {
    boost::asio::io_context loop;
    Event event;
    bool woken = false;
    boost::asio::co_spawn(loop, wait_for(event, woken), ended);
    loop.poll();
    EXPECT_FALSE(woken);
    event.set();
    loop.restart();
    loop.run();
    EXPECT_TRUE(woken);
}

TEST(ForeignSpawn, a_contended_mutex_passes_from_one_to_the_next) {
    boost::asio::io_context loop;
    Mutex mutex;
    int held = 0;
    for (int task = 0; task < 3; ++task) {
        boost::asio::co_spawn(loop, hold(mutex, held), ended);
    }
    loop.run();
    EXPECT_EQ(held, 3);
}

}  // namespace
}  // namespace wherry::async
