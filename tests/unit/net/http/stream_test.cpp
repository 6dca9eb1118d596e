// Bodies that are written piece by piece, upgrades, and peers that go away meanwhile.
#include <gmock/gmock.h>

#include <array>

#include "fixture.hpp"
#include "net/async/event.hpp"

namespace wherry::http {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::string_view get_request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

/// A handler whose streamed body does what the test says.
class StreamTest : public ServerTest {
  protected:
    void start_stream(StreamBody body, ServerOptions options = {}) {
        body_ = std::move(body);
        start([this](Request& request) { return handle(request); }, options);
    }
    Task<Response> handle(Request& request) {
        request_ = &request;
        Response response;
        response.body = body_;
        co_return response;
    }
    Task<Result<>> two_parts(BodyWriter& writer) {
        CO_CHECK_OK(co_await writer.write("first"));
        const Result<> gone_on = co_await go_on_.wait();
        ended_by_ = gone_on.ok() ? "event" : std::string(to_string(gone_on.error().kind()));
        CO_CHECK_OK(gone_on);
        const std::string large(20, 'x');
        co_return co_await writer.write(large);
    }
    Task<Result<>> without_end(BodyWriter& writer) {
        const std::string piece(10000, 'x');
        while (true) {
            const Result<> written = co_await writer.write(piece);
            if (!written.ok()) {
                ended_by_ = to_string(written.error().kind());
                co_return written;
            }
            written_ += piece.size();
        }
    }
    Task<Result<>> fail_midway(BodyWriter& writer) {
        CO_CHECK_OK(co_await writer.write("some"));
        co_return Error(ErrorKind::internal, "disk on fire");
    }
    /// Writes what comes in, piece by piece.
    Task<Result<>> echo_body(BodyWriter& writer) {
        std::array<char, 4096> buffer{};
        while (true) {
            CO_TRY(const std::size_t got, co_await request_->body->read_some(buffer));
            if (got == 0) {
                co_return Result<>();
            }
            const std::string_view bytes(buffer.data(), got);
            CO_CHECK_OK(co_await writer.write(bytes));
        }
    }

    StreamBody body_;
    Request* request_ = nullptr;
    async::Event go_on_;
    std::string ended_by_;
    std::size_t written_ = 0;
};

TEST_F(StreamTest, each_write_is_a_chunk_sent_at_once) {
    start_stream([this](BodyWriter& writer) { return two_parts(writer); });
    auto client = connect();
    client.send(get_request);
    EXPECT_THAT(client.read_until("first\r\n"),
                EndsWith("\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n"));
    go_on_.set();
    EXPECT_EQ(client.read_until("0\r\n\r\n"), "14\r\nxxxxxxxxxxxxxxxxxxxx\r\n0\r\n\r\n");
    client.send(get_request);
    EXPECT_THAT(client.read_until("0\r\n\r\n"), HasSubstr("\r\n5\r\nfirst\r\n"));
}

TEST_F(StreamTest, http_1_0_gets_plain_bytes_up_to_the_end) {
    start_stream([this](BodyWriter& writer) { return two_parts(writer); });
    go_on_.set();
    auto client = connect();
    client.send("GET / HTTP/1.0\r\n\r\n");
    const std::string reply = client.read_to_end();
    EXPECT_THAT(reply, Not(HasSubstr("chunked")));
    EXPECT_THAT(reply, EndsWith("Connection: close\r\n\r\nfirstxxxxxxxxxxxxxxxxxxxx"));
}

TEST_F(StreamTest, head_gets_no_body) {
    start_stream([this](BodyWriter& writer) { return two_parts(writer); });
    auto client = connect();
    client.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n");
    client.half_close();
    EXPECT_THAT(client.read_to_end(), EndsWith("GMT\r\n\r\n"));
}

TEST_F(StreamTest, a_failed_body_is_cut_off_so_that_the_peer_can_tell) {
    start_stream([this](BodyWriter& writer) { return fail_midway(writer); });
    auto client = connect();
    client.send(get_request);
    EXPECT_THAT(client.read_to_end(), EndsWith("\r\n4\r\nsome\r\n"));
}

TEST_F(StreamTest, a_reader_that_stands_still_holds_the_writer_back) {
    start_stream([this](BodyWriter& writer) { return without_end(writer); });
    auto client = connect();
    client.send(get_request);
    for (int i = 0; i < 100; ++i) {
        loop_.poll();
    }
    EXPECT_LT(written_, std::size_t{1} << 20);
    client.close();
    EXPECT_TRUE(eventually([&] { return server_->connections() == 0; }));
    EXPECT_FALSE(ended_by_.empty());
}

TEST_F(StreamTest, a_writer_may_answer_before_it_has_read_everything) {
    start_stream([this](BodyWriter& writer) { return echo_body(writer); });
    auto client = connect();
    client.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
    EXPECT_THAT(client.read_until("3\r\nabc\r\n"), StartsWith("HTTP/1.1 200 OK\r\n"));
    client.send("2\r\nde\r\n0\r\n\r\n");
    EXPECT_EQ(client.read_until("0\r\n\r\n"), "2\r\nde\r\n0\r\n\r\n");
}

TEST_F(StreamTest, a_streamed_answer_asks_for_an_expected_body_before_its_head) {
    start_stream([this](BodyWriter& writer) { return echo_body(writer); });
    auto client = connect();
    client.send("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
    EXPECT_THAT(client.read_until("chunked\r\n\r\n"),
                StartsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"));
    client.send("abc");
    EXPECT_EQ(client.read_until("0\r\n\r\n"), "3\r\nabc\r\n0\r\n\r\n");
}

TEST_F(StreamTest, a_peer_that_goes_away_cancels_a_body_that_only_waits) {
    start_stream([this](BodyWriter& writer) { return two_parts(writer); });
    auto client = connect();
    client.send(get_request);
    client.read_until("first\r\n");
    client.close();
    EXPECT_TRUE(eventually([&] { return server_->connections() == 0; }));
    EXPECT_EQ(ended_by_, "cancelled");
}

TEST_F(StreamTest, a_peer_that_goes_away_with_bytes_unread_is_noticed) {
    start_stream([this](BodyWriter& writer) { return two_parts(writer); });
    auto client = connect();
    client.send(std::string(get_request) + "GET /next HTTP/1.1\r\n");
    client.read_until("first\r\n");
    client.close();
    EXPECT_TRUE(eventually([&] { return server_->connections() == 0; }));
    EXPECT_EQ(ended_by_, "cancelled");
}

TEST_F(StreamTest, a_peer_that_half_closes_still_gets_its_answer) {
    start_stream([this](BodyWriter& writer) { return two_parts(writer); });
    auto client = connect();
    client.send(get_request);
    client.half_close();
    client.read_until("first\r\n");
    async::Timer later(loop_.executor());
    later.start(std::chrono::milliseconds(400), [&] { go_on_.set(); });
    EXPECT_THAT(client.read_to_end(), EndsWith("0\r\n\r\n"));
}

class UpgradeTest : public ServerTest {
  protected:
    void start_upgrade(UpgradeBody body) {
        body_ = std::move(body);
        start([this](Request& request) { return handle(request); });
    }
    Task<Response> handle(Request& /*request*/) {
        Response response;
        response.status = 101;
        response.reason = "UPGRADED";
        response.headers.add("Content-Type", "application/vnd.docker.raw-stream");
        response.headers.add("Connection", "Upgrade");
        response.headers.add("Upgrade", "tcp");
        response.body = body_;
        co_return response;
    }
    static Task<> echo_to_end(std::unique_ptr<RawStream> stream) {
        std::array<char, 7> buffer{};
        while (true) {
            const Result<std::size_t> got = co_await stream->read_some(buffer);
            if (!got.ok() || *got == 0) {
                break;
            }
            const std::string_view bytes(buffer.data(), *got);
            const Result<> written = co_await stream->write(bytes);
            EXPECT_TRUE(written.ok());
        }
        const Result<> written = co_await stream->write("bye");
        EXPECT_TRUE(written.ok());
    }
    Task<> keep_socket(std::unique_ptr<RawStream> stream) {
        auto released = stream->release();
        EXPECT_TRUE(released.ok());
        released_ = *std::move(released);
        co_return;
    }

    UpgradeBody body_;
    RawStream::Released released_;
};

constexpr std::string_view upgrade_request =
    "POST /attach HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n";
constexpr std::string_view upgrade_reply =
    "HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\n"
    "Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n";

TEST_F(UpgradeTest, early_bytes_and_the_half_close_reach_the_handler) {
    start_upgrade(echo_to_end);
    auto client = connect();
    client.send(std::string(upgrade_request) + "early bytes, more than one read");
    EXPECT_EQ(client.read_until("\r\n\r\n"), upgrade_reply);
    EXPECT_EQ(client.read_until("one read"), "early bytes, more than one read");
    client.send(" and later");
    client.half_close();
    EXPECT_EQ(client.read_to_end(), " and laterbye");
}

TEST_F(UpgradeTest, the_socket_can_be_given_away_with_what_was_read) {
    start_upgrade(
        [this](std::unique_ptr<RawStream> stream) { return keep_socket(std::move(stream)); });
    auto client = connect();
    client.send(std::string(upgrade_request) + "early");
    EXPECT_EQ(client.read_until("\r\n\r\n"), upgrade_reply);
    ASSERT_TRUE(eventually([&] { return server_->connections() == 0; }));
    EXPECT_EQ(released_.already_read, "early");
    ASSERT_TRUE(os::write_all(released_.socket.get(), "from elsewhere").ok());
    EXPECT_EQ(client.read_exactly(14), "from elsewhere");
}

TEST_F(UpgradeTest, a_body_of_known_length_is_no_part_of_the_stream) {
    start_upgrade(echo_to_end);
    constexpr std::string_view head =
        "POST /attach HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n"
        "Content-Length: 17\r\n\r\n";
    for (const std::string_view at_once : {R"({"stream": true} )", R"({"str)", ""}) {
        auto client = connect();
        client.send(std::string(head) + std::string(at_once));
        client.send(std::string(R"({"stream": true} )").substr(at_once.size()) + "typed");
        EXPECT_EQ(client.read_until("\r\n\r\n"), upgrade_reply);
        client.half_close();
        EXPECT_EQ(client.read_to_end(), "typedbye");
    }
}

TEST_F(UpgradeTest, a_body_that_is_too_long_to_pass_over_ends_the_connection) {
    start_upgrade(echo_to_end);
    auto client = connect();
    client.send(
        "POST /attach HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n"
        "Content-Length: 300000\r\n\r\n" +
        std::string(300000, 'x'));
    EXPECT_EQ(client.read_to_end(), "");
}

/// Reads any body and says how long it was.
Task<Response> count_body(Request& request) {
    std::vector<char> buffer(65536);
    std::size_t total = 0;
    while (true) {
        const Result<std::size_t> got = co_await request.body->read_some(buffer);
        if (!got.ok() || *got == 0) {
            break;
        }
        total += *got;
    }
    Response response;
    response.body = "got " + std::to_string(total) + ".";
    co_return response;
}

TEST_F(ServerTest, large_bodies_are_read_in_pieces) {
    start(count_body);
    auto client = connect();
    constexpr std::size_t pieces = 512;
    const std::string piece(65536, 'x');
    client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " +
                std::to_string(pieces * piece.size()) + "\r\n\r\n");
    for (std::size_t i = 0; i < pieces; ++i) {
        client.send(piece);
    }
    EXPECT_THAT(client.read_until("."), Not(IsEmpty()));
    client.read_until("got 33554432.");
    client.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (std::size_t i = 0; i < pieces; ++i) {
        client.send("10000\r\n" + piece + "\r\n");
    }
    client.send("0\r\n\r\n");
    EXPECT_THAT(client.read_until("got 33554432."), EndsWith("got 33554432."));
}

}  // namespace
}  // namespace wherry::http
