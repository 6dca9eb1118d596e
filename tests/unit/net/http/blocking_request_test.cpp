#include "net/http/blocking_request.hpp"

#include <gmock/gmock.h>

#include <atomic>

#include "fixture.hpp"

namespace wherry::http {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

/// Hides the socket, as TLS does.
class ThroughTheLoop final : public BodyReader {
  public:
    explicit ThroughTheLoop(BodyReader* body) : body_(body) {}
    Task<Result<std::size_t>> read_some(std::span<char> buffer) override {
        return body_->read_some(buffer);
    }

  private:
    BodyReader* body_;
};

/// Runs over both ways in which a body reaches the thread.
class BlockingRequest : public ServerTest, public ::testing::WithParamInterface<bool> {
  public:
    ~BlockingRequest() override {
        if (server_) {
            async::run(loop_, server_->shutdown(std::chrono::seconds(0)));
            server_.reset();
        }
    }

  protected:
    /// Answers with the body, of which at most `limit_` bytes are read.
    Task<Response> handle(Request& request) {
        const auto read = [this](BlockingReader& reader) { return read_all(reader); };
        ThroughTheLoop hidden(request.body);
        BodyReader* body = GetParam() ? request.body : &hidden;
        const Result<std::string> got = co_await with_body(pool_, *body, read);
        Response response;
        response.body = got ? *got : "error: " + got.error().message();
        ended_ = true;
        co_return response;
    }
    Result<std::string> read_all(BlockingReader& reader) {
        std::string all;
        std::string piece(70000, '\0');
        while (all.size() < limit_) {
            const std::size_t room = std::min(piece.size(), limit_ - all.size());
            TRY(const std::size_t got, reader.read(std::span(piece).first(room)));
            if (got == 0) {
                break;
            }
            all.append(piece, 0, got);
            read_ = all.size();
        }
        return all;
    }
    RawClient begin() {
        start([this](Request& request) { return handle(request); });
        return connect();
    }

    async::Pool pool_{"bodies", 2};
    std::size_t limit_ = std::size_t{64} << 20;
    std::atomic<std::size_t> read_ = 0;
    bool ended_ = false;
};

TEST_P(BlockingRequest, reads_a_body_of_known_length_and_the_next_request_after_it) {
    auto client = begin();
    for (const char* body : {"hello", "again"}) {
        client.send("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n" + std::string(body));
        EXPECT_THAT(client.read_until(body), EndsWith(body));
    }
}

TEST_P(BlockingRequest, reads_chunks_however_they_are_cut) {
    auto client = begin();
    client.send("PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r");
    for (const char* part : {"\nhel", "lo\r\n", "6\r\n world\r\n0", "\r\n\r\n"}) {
        client.send(part);
        loop_.run_one(std::chrono::milliseconds(5));
    }
    EXPECT_THAT(client.read_until("hello world"), EndsWith("hello world"));
    client.send("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nnext");
    EXPECT_THAT(client.read_until("next"), EndsWith("next"));
}

TEST_P(BlockingRequest, asks_for_a_body_that_is_held_back) {
    auto client = begin();
    client.send("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_THAT(client.read_until("\r\n\r\n"), HasSubstr("100 Continue"));
    client.send("hi");
    EXPECT_THAT(client.read_until("hi"), EndsWith("hi"));
}

TEST_P(BlockingRequest, what_the_thread_leaves_is_skipped) {
    limit_ = 3;
    auto client = begin();
    client.send("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\nabcdefPUT / HTTP/1.1\r\n");
    EXPECT_THAT(client.read_until("abc"), EndsWith("abc"));
    client.send("Host: x\r\nContent-Length: 3\r\n\r\nxyz");
    EXPECT_THAT(client.read_until("xyz"), EndsWith("xyz"));
}

TEST_P(BlockingRequest, a_client_that_goes_ends_the_thread) {
    auto client = begin();
    client.send("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nsome");
    EXPECT_TRUE(eventually([&] { return read_ == 4; }));
    client.close();
    EXPECT_TRUE(eventually([&] { return ended_ && server_->connections() == 0; }));
}

TEST_P(BlockingRequest, a_server_that_ends_does_not_wait_for_the_body) {
    auto client = begin();
    client.send("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nsome");
    EXPECT_TRUE(eventually([&] { return read_ == 4; }));
    async::run(loop_, server_->shutdown(std::chrono::seconds(0)));
    EXPECT_TRUE(ended_);
}

INSTANTIATE_TEST_SUITE_P(Ways, BlockingRequest, ::testing::Bool(), [](const auto& way) {
    return way.param ? "on_the_socket" : "through_the_loop";
});

}  // namespace
}  // namespace wherry::http
