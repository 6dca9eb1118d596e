#include "monitor/event_loop.hpp"

#include <gtest/gtest.h>

namespace wherry::monitor {
namespace {

TEST(EventLoop, timers_that_go_on_are_no_rest) {
    EventLoop loop;
    ASSERT_TRUE(loop.open().ok());
    int idle = 0;
    int fired = 0;
    loop.on_idle([&] { ++idle; });
    std::function<void()> again = [&] {
        if (++fired == 20) {
            loop.stop();
        } else {
            loop.after(std::chrono::milliseconds(1), again);
        }
    };
    loop.after(std::chrono::milliseconds(1), again);
    loop.run();
    EXPECT_EQ(fired, 20);
    EXPECT_EQ(idle, 0);
}

}  // namespace
}  // namespace wherry::monitor
