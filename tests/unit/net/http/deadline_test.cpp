// Clients that are slow, many, or gone cost only themselves.
#include <gmock/gmock.h>

#include "fixture.hpp"
#include "net/async/event.hpp"

namespace wherry::http {
namespace {

using std::chrono::milliseconds;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::string_view get_request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

class DeadlineTest : public ServerTest {
  protected:
    void start_waiting(ServerOptions options = {}) {
        start([this](Request& request) { return handle(request); }, options);
    }
    Task<Response> handle(Request& request) {
        Response response;
        if (request.path == "/wait") {
            const Result<> waited = co_await go_on_.wait();
            ended_by_ = waited.ok() ? "event" : std::string(to_string(waited.error().kind()));
        }
        response.body = request.path == "/large" ? std::string(8000000, 'x') : "done.";
        co_return response;
    }

    async::Event go_on_;
    std::string ended_by_;
};

TEST_F(DeadlineTest, a_head_that_never_ends_costs_only_its_own_connection) {
    ServerOptions options;
    options.deadlines.head = milliseconds(50);
    start_waiting(options);
    auto slow = connect();
    slow.send("GET / HTTP/1.1\r\nHost: ");
    auto other = connect();
    other.send(get_request);
    EXPECT_THAT(other.read_until("done."), EndsWith("done."));
    EXPECT_THAT(slow.read_to_end(), IsEmpty());
    other.send(get_request);
    EXPECT_THAT(other.read_until("done."), EndsWith("done."));
}

TEST_F(DeadlineTest, bytes_that_trickle_do_not_renew_the_head_deadline) {
    ServerOptions options;
    options.deadlines.head = milliseconds(50);
    start_waiting(options);
    auto slow = connect();
    const auto begin = std::chrono::steady_clock::now();
    while (server_->connections() > 0 &&
           std::chrono::steady_clock::now() - begin < std::chrono::seconds(10)) {
        (void)async::run(loop_, slow.stream().write("G")).ok();
        loop_.run_one(milliseconds(5));
    }
    EXPECT_EQ(server_->connections(), 0U);
}

TEST_F(DeadlineTest, an_idle_connection_is_closed_in_time) {
    ServerOptions options;
    options.deadlines.idle = milliseconds(50);
    start_waiting(options);
    auto client = connect();
    client.send(get_request);
    EXPECT_THAT(client.read_until("done."), EndsWith("done."));
    EXPECT_THAT(client.read_to_end(), IsEmpty());
}

TEST_F(DeadlineTest, a_handler_that_takes_long_is_not_an_idle_connection) {
    ServerOptions options;
    options.deadlines.idle = milliseconds(20);
    options.deadlines.head = milliseconds(20);
    options.deadlines.write = milliseconds(20);
    start_waiting(options);
    auto client = connect();
    client.send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
    async::Timer later(loop_.executor());
    later.start(milliseconds(500), [&] { go_on_.set(); });
    EXPECT_THAT(client.read_until("done."), EndsWith("done."));
    EXPECT_EQ(ended_by_, "event");
}

TEST_F(DeadlineTest, a_peer_that_never_reads_its_answer_is_dropped) {
    ServerOptions options;
    options.deadlines.write = milliseconds(50);
    start_waiting(options);
    auto client = connect();
    client.send("GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_TRUE(eventually([&] { return server_->connections() == 0; }));
}

TEST_F(DeadlineTest, a_peer_that_goes_away_cancels_a_handler_that_waits) {
    start_waiting();
    auto client = connect();
    client.send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
    loop_.poll();
    client.close();
    EXPECT_TRUE(eventually([&] { return server_->connections() == 0; }));
    EXPECT_EQ(ended_by_, "cancelled");
}

TEST_F(DeadlineTest, a_tcp_peer_that_goes_away_cancels_a_handler_that_waits) {
    start_waiting();
    const auto any = os::resolve("127.0.0.1", "0").value().at(0);
    auto listener = os::listen_tcp(any);
    ASSERT_TRUE(listener.ok());
    const int port = os::local_port(listener->get());
    server_->listen(*std::move(listener));
    const auto address = os::resolve("127.0.0.1", std::to_string(port)).value().at(0);
    auto stream = async::run(loop_, async::connect_tcp(address, "loopback"));
    RawClient client(&loop_, *std::move(stream));
    client.send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_TRUE(eventually([&] { return server_->connections() == 1; }));
    client.close();
    EXPECT_TRUE(eventually([&] { return server_->connections() == 0; }));
    EXPECT_EQ(ended_by_, "cancelled");
}

TEST_F(DeadlineTest, at_the_limit_the_longest_idle_connection_makes_room) {
    ServerOptions options;
    options.max_connections = 3;
    start_waiting(options);
    const std::string path = testing::TempDir() + "wherry-limit-" + std::to_string(::getpid());
    auto listener = os::listen_unix(path, 0600, std::nullopt);
    ASSERT_TRUE(listener.ok());
    server_->listen(*std::move(listener));
    std::vector<RawClient> clients;
    for (int i = 0; i < 10; ++i) {
        auto stream = async::run(loop_, async::connect_unix(path));
        clients.emplace_back(&loop_, *std::move(stream));
        clients.back().send(get_request);
        EXPECT_THAT(clients.back().read_until("done."), EndsWith("done.")) << i;
    }
    EXPECT_LE(server_->connections(), 3U);
    EXPECT_THAT(clients.front().read_to_end(), IsEmpty());
    ::unlink(path.c_str());
}

TEST_F(DeadlineTest, at_the_limit_with_all_busy_a_new_connection_waits) {
    ServerOptions options;
    options.max_connections = 1;
    start_waiting(options);
    const std::string path = testing::TempDir() + "wherry-busy-" + std::to_string(::getpid());
    auto listener = os::listen_unix(path, 0600, std::nullopt);
    ASSERT_TRUE(listener.ok());
    server_->listen(*std::move(listener));
    RawClient busy(&loop_, *async::run(loop_, async::connect_unix(path)));
    busy.send("GET /wait HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    loop_.poll();
    RawClient waiting(&loop_, *async::run(loop_, async::connect_unix(path)));
    waiting.send(get_request);
    loop_.poll();
    EXPECT_EQ(server_->connections(), 1U);
    go_on_.set();
    EXPECT_THAT(waiting.read_until("done."), EndsWith("done."));
    ::unlink(path.c_str());
}

TEST_F(DeadlineTest, shutdown_lets_requests_end_within_the_grace) {
    start_waiting();
    auto idle = connect();
    auto client = connect();
    client.send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
    loop_.poll();
    async::Timer later(loop_.executor());
    later.start(milliseconds(20), [&] { go_on_.set(); });
    async::run(loop_, server_->shutdown(std::chrono::seconds(10)));
    EXPECT_EQ(server_->connections(), 0U);
    EXPECT_EQ(ended_by_, "event");
    EXPECT_THAT(client.read_to_end(), HasSubstr("Connection: close\r\n\r\ndone."));
    EXPECT_THAT(idle.read_to_end(), IsEmpty());
}

TEST_F(DeadlineTest, shutdown_cancels_what_outlasts_the_grace) {
    start_waiting();
    auto client = connect();
    client.send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
    loop_.poll();
    async::run(loop_, server_->shutdown(milliseconds(10)));
    EXPECT_EQ(ended_by_, "cancelled");
}

}  // namespace
}  // namespace wherry::http
