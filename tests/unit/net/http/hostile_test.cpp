// Clients that mean harm: the server answers others, and gives nothing away.
#include <gmock/gmock.h>

#include <random>

#include "fixture.hpp"

namespace wherry::http {
namespace {

using ::testing::EndsWith;
using ::testing::StartsWith;

constexpr std::string_view good_request = "GET /good HTTP/1.1\r\nHost: x\r\n\r\n";

Task<Response> count_body(Request& request) {
    std::vector<char> buffer(4096);
    Response response;
    while (true) {
        const Result<std::size_t> got = co_await request.body->read_some(buffer);
        if (!got.ok()) {
            response.status = got.error().status();
            break;
        }
        if (*got == 0) {
            break;
        }
    }
    response.body = "answer.";
    co_return response;
}

class HostileTest : public ServerTest {
  protected:
    void expect_service() {
        auto client = connect();
        client.send(good_request);
        EXPECT_THAT(client.read_until("answer."), StartsWith("HTTP/1.1 200 OK\r\n"));
    }
};

/// Changes some bytes, cuts some out, repeats some.
std::string mutate(std::string bytes, std::mt19937& random) {
    const auto below = [&](std::size_t limit) {
        return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random);
    };
    constexpr std::string_view nasty("\r\n\0 :;/%\x7f\xff\t0f\x01", 14);
    for (auto times = below(6) + 1; times > 0 && !bytes.empty(); --times) {
        const std::size_t at = below(bytes.size());
        switch (below(4)) {
            case 0:
                bytes[at] = nasty[below(nasty.size())];
                break;
            case 1:
                bytes.erase(at, below(20));
                break;
            case 2:
                bytes.insert(at, bytes.substr(at, below(30)));
                break;
            default:
                bytes.insert(at, 1, nasty[below(nasty.size())]);
        }
    }
    return bytes;
}

TEST_F(HostileTest, mutated_requests_get_http_or_nothing) {
    start(count_body);
    const std::vector<std::string> seeds = {
        "GET /a?b=%20c HTTP/1.1\r\nHost: x\r\nAccept: */*\r\n\r\n",
        "POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello",
        "POST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "POST /d HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nhi",
    };
    std::mt19937 random(20261124);
    for (int round = 0; round < 1000; ++round) {
        const auto& seed = seeds[static_cast<std::size_t>(round) % seeds.size()];
        const std::string bytes = mutate(seed, random);
        auto client = connect();
        (void)async::run(loop_, client.stream().write(bytes)).ok();
        client.half_close();
        const std::string reply = client.read_to_end();
        if (!reply.empty()) {
            ASSERT_THAT(reply, StartsWith("HTTP/1.")) << bytes;
        }
    }
    expect_service();
    EXPECT_TRUE(eventually([&] { return server_->connections() <= 1; }));
}

TEST_F(HostileTest, two_lengths_are_never_two_readings_of_one_stream) {
    start(count_body);
    for (const std::string head :
         {"Content-Length: 5\r\nTransfer-Encoding: chunked", "Transfer-Encoding: xchunked",
          "Transfer-Encoding: chunked, identity", "Content-Length: 5\r\nContent-Length: 6",
          "Content-Length: +5", "Content-Length: 5, 6", "Content-Length : 5",
          "Transfer-Encoding : chunked"}) {
        auto client = connect();
        client.send("POST / HTTP/1.1\r\nHost: x\r\n" + head +
                    "\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n");
        client.half_close();
        const std::string reply = client.read_to_end();
        EXPECT_THAT(reply,
                    ::testing::AnyOf(StartsWith("HTTP/1.1 400 "), StartsWith("HTTP/1.1 501 ")))
            << head;
        EXPECT_EQ(reply.find("200 OK"), std::string::npos) << head;
    }
}

TEST_F(HostileTest, a_flood_of_silent_connections_leaves_room_for_others) {
    ServerOptions options;
    options.max_connections = 100;
    start(count_body, options);
    const std::string path = testing::TempDir() + "wherry-flood-" + std::to_string(::getpid());
    auto listener = os::listen_unix(path, 0600, std::nullopt);
    ASSERT_TRUE(listener.ok());
    server_->listen(*std::move(listener));
    std::vector<std::unique_ptr<async::Stream>> silent;
    for (int i = 0; i < 300; ++i) {
        auto stream = async::run(loop_, async::connect_unix(path));
        ASSERT_TRUE(stream.ok());
        silent.push_back(*std::move(stream));
    }
    auto stream = async::run(loop_, async::connect_unix(path));
    RawClient good(&loop_, *std::move(stream));
    good.send(good_request);
    EXPECT_THAT(good.read_until("answer."), EndsWith("answer."));
    EXPECT_LE(server_->connections(), 100U);
    ::unlink(path.c_str());
}

TEST_F(HostileTest, peers_that_vanish_at_any_byte_leave_nothing_behind) {
    start(count_body);
    const std::string whole =
        "POST /v HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
    for (std::size_t size = 0; size <= whole.size(); ++size) {
        auto client = connect();
        if (size > 0) {
            client.send(whole.substr(0, size));
        }
        client.close();
    }
    EXPECT_TRUE(eventually([&] { return server_->connections() == 0; }));
    expect_service();
}

TEST_F(HostileTest, a_pipeline_without_end_whose_answers_are_not_read_is_held_back) {
    start(count_body);
    auto client = connect();
    std::string many;
    for (int i = 0; i < 1000; ++i) {
        many += good_request;
    }
    // Written until the server stops to read, since nobody takes its answers.
    bool held_back = false;
    for (int i = 0; i < 1000 && !held_back; ++i) {
        auto write =
            async::with_deadline(client.stream().write(many), std::chrono::milliseconds(100));
        held_back = !async::run(loop_, std::move(write)).ok();
    }
    EXPECT_TRUE(held_back);
    expect_service();
}

}  // namespace
}  // namespace wherry::http
