// Clients that ask in quick succession, and the server that stays awake for them.
#include "net/http/request_pace.hpp"

#include <gmock/gmock.h>

#include <vector>

#include "fixture.hpp"

namespace wherry::http {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;
using ::testing::EndsWith;

TEST(RequestPace, a_server_stays_awake_after_three_quick_requests_in_a_row) {
    const struct {
        std::vector<nanoseconds> gaps;
        nanoseconds awake;
    } cases[] = {
        {{}, 0us},
        {{50us, 50us}, 0us},
        {{50us, 50us, 50us}, 200us},
        {{200us, 200us, 200us}, 200us},
        {{50us, 201us, 50us}, 0us},
        {{50us, 50us, 50us, 5s}, 0us},
        {{50us, 50us, 50us, 5s, 50us, 50us}, 0us},
        {{5s, 50us, 50us, 50us, 50us}, 200us},
    };
    for (const auto& [gaps, awake] : cases) {
        RequestPace pace(200us);
        for (const auto gap : gaps) {
            pace.came_after(gap);
        }
        EXPECT_EQ(pace.awake(), awake) << gaps.size() << " gaps";
    }
}

TEST(RequestPace, without_a_window_it_never_does) {
    RequestPace pace(0us);
    for (int i = 0; i < 10; ++i) {
        pace.came_after(0us);
    }
    EXPECT_EQ(pace.awake(), 0us);
}

Task<Response> name_path(Request& request) {
    Response response;
    response.body = "[" + request.path + "]";
    co_return response;
}

class PollingServer : public ServerTest {
  protected:
    void start_polling(nanoseconds window) {
        ServerOptions options;
        options.busy_poll = window;
        start(name_path, options);
    }
    void expect_answer(RawClient& client, const std::string& path) {
        client.send("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
        const std::string expected = "[" + path + "]";
        EXPECT_THAT(client.read_until(expected), EndsWith(expected));
    }
};

TEST_F(PollingServer, answers_quick_and_slow_requests_alike) {
    start_polling(50ms);
    auto client = connect();
    for (int round = 0; round < 3; ++round) {
        for (int i = 0; i < 10; ++i) {
            expect_answer(client, "/" + std::to_string(i));
        }
        EXPECT_TRUE(async::run(loop_, async::sleep(60ms)).ok());
    }
}

TEST_F(PollingServer, serves_others_while_it_is_awake_for_one) {
    start_polling(5s);
    auto quick = connect();
    for (int i = 0; i < 10; ++i) {
        expect_answer(quick, "/quick");
    }
    auto other = connect();
    expect_answer(other, "/other");
    expect_answer(quick, "/again");
}

TEST_F(PollingServer, ends_at_once) {
    start_polling(5s);
    auto client = connect();
    for (int i = 0; i < 10; ++i) {
        expect_answer(client, "/quick");
    }
    const auto begin = std::chrono::steady_clock::now();
    async::run(loop_, server_->shutdown(4s));
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 3s);
    EXPECT_EQ(server_->connections(), 0U);
}

}  // namespace
}  // namespace wherry::http
