// Polling before sleep: when it is done, and that a read by it is like any other.
#include "net/async/busy_poll.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "net/async/loop.hpp"
#include "net/async/socket.hpp"
#include "net/async/task_group.hpp"

namespace wherry::async {
namespace {

using namespace std::chrono_literals;
using Clock = BusyPoll::Clock;

TEST(BusyPoll, nothing_is_polled_for_unless_it_was_asked) {
    BusyPoll polling;
    EXPECT_FALSE(polling.asked());
    const Clock::time_point now(5s);
    EXPECT_EQ(polling.begin(now), now);
}

TEST(BusyPoll, one_request_is_for_one_read) {
    BusyPoll polling;
    polling.ask(200us);
    EXPECT_TRUE(polling.asked());
    const Clock::time_point now(5s);
    EXPECT_EQ(polling.begin(now), now + 200us);
    EXPECT_FALSE(polling.asked());
    EXPECT_EQ(polling.begin(now), now);
}

TEST(BusyPoll, a_processor_that_others_want_is_left_to_them_for_a_while) {
    const Clock::time_point begin(5s);
    const struct {
        std::chrono::nanoseconds ended_after;
        std::chrono::nanoseconds next_after;
        bool polls;
    } cases[] = {
        {50us, 60us, true},    // the bytes came
        {200us, 210us, true},  // time was up
        {399us, 500us, true},  // one stop of the thread is nothing yet
        {401us, 4ms, false},   // it had to share
        {401us, 5ms, true},    // twenty times the 201 us are over
        {4ms, 79ms, false},    //
        {4ms, 81ms, true},
    };
    for (const auto& [ended_after, next_after, polls] : cases) {
        BusyPoll polling;
        polling.ask(200us);
        static_cast<void>(polling.begin(begin));
        polling.end(begin + ended_after);
        polling.ask(200us);
        const auto next = begin + next_after;
        EXPECT_EQ(polling.begin(next) > next, polls) << ended_after.count() << " ns";
    }
}

class PolledRead : public ::testing::Test {
  protected:
    PolledRead() {
        auto ends = os::socket_pair();
        reader_ = adopt_socket(loop_.executor(), std::move(ends->first));
        peer_ = adopt_socket(loop_.executor(), std::move(ends->second));
    }
    /// Starts a read; `seen_` is what it gave.
    TaskHandle start_read(std::chrono::nanoseconds polling) {
        reader_->poll_before_sleep(polling);
        auto handle = group_.spawn(read());
        // Not `poll`: a read that polls always has something to do.
        for (int turn = 0; turn < 5; ++turn) {
            loop_.run_one(1ms);
        }
        return handle;
    }
    void send(std::string_view bytes) { ASSERT_TRUE(run(loop_, peer_->write(bytes)).ok()); }

    Loop loop_;
    std::unique_ptr<Stream> reader_;
    std::unique_ptr<Stream> peer_;
    TaskGroup group_{loop_.executor()};
    std::string seen_;

  private:
    Task<> read() {
        std::string buffer(100, '\0');
        const Result<std::size_t> got = co_await reader_->read_some(buffer);
        seen_ = got.ok() ? buffer.substr(0, *got) : std::string(to_string(got.error().kind()));
    }
};

TEST_F(PolledRead, bytes_that_come_while_it_polls_are_read) {
    static_cast<void>(start_read(10s));
    EXPECT_EQ(seen_, "");
    send("soon");
    run(loop_, group_.join());
    EXPECT_EQ(seen_, "soon");
}

TEST_F(PolledRead, bytes_that_come_later_are_waited_for) {
    static_cast<void>(start_read(1us));
    EXPECT_EQ(seen_, "");
    send("late");
    run(loop_, group_.join());
    EXPECT_EQ(seen_, "late");
}

TEST_F(PolledRead, the_end_is_seen) {
    static_cast<void>(start_read(10s));
    seen_ = "nothing";
    peer_.reset();
    run(loop_, group_.join());
    EXPECT_EQ(seen_, "");
    // And once more, though epoll has never told it.
    static_cast<void>(start_read(10s));
    run(loop_, group_.join());
    EXPECT_EQ(seen_, "");
}

TEST_F(PolledRead, cancel_and_close_end_it) {
    for (const bool by_close : {false, true}) {
        auto handle = start_read(10s);
        if (by_close) {
            reader_->close();
        } else {
            handle.cancel();
        }
        run(loop_, group_.join());
        EXPECT_EQ(seen_, "cancelled");
    }
}

TEST_F(PolledRead, the_loop_does_its_other_work_meanwhile) {
    static_cast<void>(start_read(10s));
    bool posted = false;
    std::thread other([&] { loop_.post([&] { posted = true; }); });
    other.join();
    for (int turn = 0; turn < 100 && !posted; ++turn) {
        loop_.run_one(1ms);
    }
    EXPECT_TRUE(posted);
    EXPECT_EQ(seen_, "");
    send("then");
    run(loop_, group_.join());
    EXPECT_EQ(seen_, "then");
}

}  // namespace
}  // namespace wherry::async
