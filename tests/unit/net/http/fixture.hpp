// A server on one end of socket pairs, and raw bytes on the other.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include "net/async/loop.hpp"
#include "net/async/sleep.hpp"
#include "net/async/socket.hpp"
#include "net/async/task_group.hpp"
#include "net/async/timer.hpp"
#include "net/http/server.hpp"
#include "os/file.hpp"
#include "os/socket.hpp"

namespace wherry::http {

/// The client's end of a connection; every wait has a limit, so that a bug fails and does not hang.
class RawClient {
  public:
    RawClient(async::Loop* loop, std::unique_ptr<async::Stream> stream)
        : loop_(loop), stream_(std::move(stream)) {}

    void send(std::string_view bytes) {
        const auto sent = async::run(*loop_, limited(stream_->write(bytes)));
        ASSERT_TRUE(sent.ok()) << sent.error().message();
    }
    /// Reads until `end` was seen, or the connection ended; what came is kept for `rest`.
    std::string read_until(std::string_view end) {
        while (received_.find(end) == std::string::npos) {
            if (!read_more()) {
                break;
            }
        }
        const auto at = received_.find(end);
        const auto size = at == std::string::npos ? received_.size() : at + end.size();
        std::string out = received_.substr(0, size);
        received_.erase(0, size);
        return out;
    }
    std::string read_to_end() {
        while (read_more()) {
        }
        return std::exchange(received_, {});
    }
    std::string read_exactly(std::size_t size) {
        while (received_.size() < size && read_more()) {
        }
        std::string out = received_.substr(0, size);
        received_.erase(0, out.size());
        return out;
    }
    void half_close() { ASSERT_TRUE(async::run(*loop_, stream_->shutdown_write()).ok()); }
    void close() { stream_->close(); }
    async::Stream& stream() { return *stream_; }

  private:
    template <class T>
    static Task<Result<T>> limited(Task<Result<T>> task) {
        return async::with_deadline(std::move(task), std::chrono::seconds(10));
    }
    bool read_more() {
        char buffer[65536];
        const auto got =
            async::run(*loop_, limited(stream_->read_some(std::span(buffer, sizeof buffer))));
        failed_ = !got.ok();
        if (!got.ok() || *got == 0) {
            return false;
        }
        received_.append(buffer, *got);
        return true;
    }

    async::Loop* loop_;
    std::unique_ptr<async::Stream> stream_;
    std::string received_;
    bool failed_ = false;
};

class ServerTest : public ::testing::Test {
  public:
    ~ServerTest() override {
        if (server_) {
            async::run(loop_, server_->shutdown(std::chrono::seconds(0)));
        }
    }

  protected:
    void start(Handler handler, ServerOptions options = {}) {
        server_ = std::make_unique<Server>(loop_.executor(), std::move(handler), options);
    }
    RawClient connect() {
        auto pair = os::socket_pair();
        server_->serve(std::move(pair->first));
        auto stream = async::adopt_socket(loop_.executor(), std::move(pair->second));
        return {&loop_, std::move(stream)};
    }
    /// Runs the loop until `condition` holds; false after ten seconds.
    template <class F>
    bool eventually(F condition) {
        const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(10);
        while (!condition()) {
            if (std::chrono::steady_clock::now() > limit) {
                return false;
            }
            loop_.run_one(std::chrono::milliseconds(5));
        }
        return true;
    }

    async::Loop loop_;
    std::unique_ptr<Server> server_;
};

}  // namespace wherry::http
