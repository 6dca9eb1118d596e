#include "net/http/blocking_body.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <stdexcept>

#include "fixture.hpp"
#include "net/http/chunked.hpp"
#include "support/temp_dir.hpp"

namespace wherry::http {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

class BlockingBodyTest : public ServerTest {
  public:
    ~BlockingBodyTest() override {
        async::run(loop_, server_->shutdown(std::chrono::seconds(0)));
        server_.reset();
    }

  protected:
    std::string get(BlockingBody produce) {
        produce_ = std::move(produce);
        start([this](Request& request) { return handle(request); });
        auto client = connect();
        client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        return client.read_to_end();
    }
    Task<Response> handle(Request& /*request*/) {
        Response response;
        response.body = blocking_body(pool_, produce_);
        co_return response;
    }

    async::Pool pool_{"bodies", 2};
    BlockingBody produce_;
    std::atomic<std::size_t> written_ = 0;
};

TEST_F(BlockingBodyTest, sends_what_the_thread_writes_and_ends_with_it) {
    const std::string reply = get([](BlockingWriter& writer) -> Result<> {
        const std::string all(3000000, 'x');
        CHECK_OK(writer.write(all));
        return writer.write("end");
    });
    EXPECT_THAT(reply, EndsWith("end\r\n0\r\n\r\n"));
    EXPECT_EQ(std::ranges::count(reply, 'x'), 3000000);
}

TEST_F(BlockingBodyTest, sends_files_and_what_was_written_around_them_in_order) {
    const test::TempDir dir;
    std::string content;
    for (int i = 0; i < 200000; ++i) {
        content.append(text::format("{} ", i));
    }
    ASSERT_TRUE(os::write_file(dir / "file", content));
    const std::string reply = get([&](BlockingWriter& writer) -> Result<> {
        TRY(const auto file, os::open(dir / "file", O_RDONLY));
        CHECK_OK(writer.write("before"));
        CHECK_OK(writer.write_file(file.get(), 0, content.size()));
        CHECK_OK(writer.write("between"));
        CHECK_OK(writer.write_file(file.get(), 2, 3));
        return writer.write("after");
    });
    std::string body;
    ChunkDecoder chunks;
    std::string_view rest = std::string_view(reply).substr(reply.find("\r\n\r\n") + 4);
    while (!chunks.finished() && !rest.empty()) {
        std::string piece(1 << 20, '\0');
        const auto step = chunks.decode(rest, piece);
        ASSERT_TRUE(step);
        rest.remove_prefix(step->consumed);
        body.append(piece, 0, step->produced);
    }
    EXPECT_TRUE(chunks.finished());
    EXPECT_TRUE(body == "before" + content + "between" + content.substr(2, 3) + "after");
}

TEST_F(BlockingBodyTest, a_file_that_is_shorter_than_promised_cuts_the_body_off) {
    const test::TempDir dir;
    ASSERT_TRUE(os::write_file(dir / "file", std::string(100000, 'x')));
    for (const std::uint64_t size : {200000U, 2000U}) {
        const std::string reply = get([&](BlockingWriter& writer) -> Result<> {
            TRY(const auto file, os::open(dir / "file", O_RDONLY));
            return writer.write_file(file.get(), 99000, size);
        });
        EXPECT_THAT(reply, Not(EndsWith("0\r\n\r\n")));
        async::run(loop_, server_->shutdown(std::chrono::seconds(0)));
    }
}

TEST_F(BlockingBodyTest, a_failure_or_an_exception_cuts_the_body_off) {
    const std::vector<BlockingBody> bodies = {[](BlockingWriter& writer) -> Result<> {
                                                  CHECK_OK(writer.write("some"));
                                                  return Error(ErrorKind::internal, "disk on fire");
                                              },
                                              [](BlockingWriter& writer) -> Result<> {
                                                  CHECK_OK(writer.write("some"));
                                                  throw std::runtime_error("a bug");
                                              }};
    for (const auto& body : bodies) {
        const std::string reply = get(body);
        EXPECT_THAT(reply, HasSubstr("some"));
        EXPECT_THAT(reply, Not(EndsWith("0\r\n\r\n")));
        async::run(loop_, server_->shutdown(std::chrono::seconds(0)));
    }
}

TEST_F(BlockingBodyTest, a_slow_peer_holds_the_thread_back_and_one_that_goes_frees_it) {
    std::atomic<bool> ended = false;
    produce_ = [&](BlockingWriter& writer) -> Result<> {
        const std::string piece(10000, 'x');
        Result<> put;
        while (put.ok()) {
            put = writer.write(piece);
            written_ += piece.size();
        }
        ended = true;
        return put;
    };
    start([this](Request& request) { return handle(request); });
    auto client = connect();
    client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    client.read_until("xxxx");
    for (int i = 0; i < 50; ++i) {
        loop_.run_one(std::chrono::milliseconds(2));
    }
    EXPECT_LT(written_, std::size_t{2} << 20);
    EXPECT_FALSE(ended);
    client.close();
    EXPECT_TRUE(eventually([&] { return server_->connections() == 0; }));
    EXPECT_TRUE(ended);
}

}  // namespace
}  // namespace wherry::http
