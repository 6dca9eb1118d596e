// Websockets: what is refused, and frames both ways, over a pair of sockets.
#include "net/http/websocket.hpp"

#include <gmock/gmock.h>

#include "fixture.hpp"

namespace wherry::http {
namespace {

using ::testing::StartsWith;

constexpr std::string_view handshake =
    "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
constexpr std::string_view answered =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

/// Sends back what comes, through a socket that could be given away, then half-closes.
Task<> echo(std::unique_ptr<async::Stream> stream) {
    const auto released = stream->can_release();
    EXPECT_TRUE(released);
    const Result<> pumped = co_await async::pump(*stream, *stream);
    static_cast<void>(pumped);
}

Task<> serve(std::unique_ptr<RawStream> stream) {
    auto websocket = make_websocket(std::move(stream), WebsocketData::binary);
    std::function<Task<>(std::unique_ptr<async::Stream>)> take = echo;
    co_await async::with_socket(std::move(websocket), std::move(take));
}

Task<Response> answer(Request& request) {
    Response response = accept_websocket(request);
    if (response.status == 101) {
        response.body = UpgradeBody(serve);
    }
    co_return response;
}

/// One masked frame.
std::string frame(unsigned first, std::string_view payload) {
    std::string out(1, static_cast<char>(first));
    const std::size_t size = payload.size();
    if (size < 126) {
        out.push_back(static_cast<char>(0x80 | size));
    } else {
        out.push_back(static_cast<char>(0x80 | 126));
        out.push_back(static_cast<char>(size >> 8));
        out.push_back(static_cast<char>(size));
    }
    const std::string_view mask = "\x11\x22\x33\x44";
    out.append(mask);
    for (std::size_t i = 0; i < size; ++i) {
        out.push_back(static_cast<char>(payload[i] ^ mask[i % 4]));
    }
    return out;
}

class WebsocketTest : public ServerTest {
  protected:
    RawClient open() {
        start(answer);
        RawClient client = connect();
        client.send(handshake);
        EXPECT_EQ(client.read_until("\r\n\r\n"), answered);
        return client;
    }
};

TEST_F(WebsocketTest, frames_go_both_ways) {
    RawClient client = open();
    client.send(frame(0x82, "hello"));
    EXPECT_EQ(client.read_exactly(7), "\x82\x05hello");
    client.send(frame(0x01, "one ") + frame(0x89, "ping") + frame(0x80, "message"));
    const std::string rest = client.read_exactly(6 + 2 + 11 + 2);
    EXPECT_NE(rest.find("\x8a\x04ping"), std::string::npos);
    const std::string large(1000, 'y');
    client.send(frame(0x82, large));
    EXPECT_THAT(client.read_exactly(1004), StartsWith("\x82\x7e\x03\xe8"));
    client.send(frame(0x88, "\x03\xe8"));
    EXPECT_EQ(client.read_to_end(), "\x88\x02\x03\xe8");
}

TEST_F(WebsocketTest, a_broken_frame_ends_the_connection) {
    for (const std::string& bad : {std::string("\x82\x03"
                                               "abc"),
                                   frame(0xc2, "x"), frame(0x83, "x"), frame(0x09, "x")}) {
        start(answer);
        RawClient client = connect();
        client.send(handshake);
        client.read_until("\r\n\r\n");
        client.send(bad);
        EXPECT_EQ(client.read_exactly(4), "\x88\x02\x03\xea");
        client.close();
        async::run(loop_, server_->shutdown(std::chrono::seconds(0)));
        server_.reset();
    }
}

TEST_F(WebsocketTest, what_is_no_handshake_is_refused_as_the_reference_does) {
    start(answer);
    RawClient plain = connect();
    plain.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(plain.read_to_end(), "HTTP/1.1 400 Bad Request\r\n\r\nnot websocket protocol");
    RawClient old = connect();
    std::string text(handshake);
    text.replace(text.find("13\r\n"), 2, "8");
    old.send(text);
    EXPECT_EQ(old.read_to_end(),
              "HTTP/1.1 400 Bad Request\r\nSec-WebSocket-Version: 13\r\n\r\n"
              "missing or bad WebSocket Version");
}

TEST_F(WebsocketTest, a_client_that_is_gone_ends_it_at_once) {
    RawClient client = open();
    client.close();
    EXPECT_TRUE(eventually([&] { return server_->connections() == 0; }));
}

}  // namespace
}  // namespace wherry::http
