// A request body as a ByteSource for a pool thread: the loop reads ahead a few pieces, the thread
// waits for them, and the loop waits while the thread is slow. Constant memory for any size.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "codec/archive/source.hpp"
#include "net/async/event.hpp"
#include "net/async/loop.hpp"
#include "net/http/message.hpp"

namespace wherry::images {

class BodyPipe final : public archive::ByteSource, public std::enable_shared_from_this<BodyPipe> {
  public:
    explicit BodyPipe(async::Loop& loop) : loop_(loop) {}

    /// On the loop: copies the body into the pipe until it ends, or the reader has closed its side.
    /// An error of the body reaches the reader.
    [[nodiscard]] Task<> fill(http::BodyReader& body);

    /// On one pool thread.
    [[nodiscard]] Result<std::size_t> read(std::span<char> buffer) override;
    /// On the pool thread: nothing more will be read. `fill` drops the rest.
    void close_reader();

  private:
    void put(std::string piece, std::optional<Error> error, bool end);
    [[nodiscard]] bool is_full();
    void wake_filler();

    async::Loop& loop_;
    async::Event room_;  ///< loop thread only

    // The one place in the engine where two threads share more than an atomic: kept this small.
    std::mutex mutex_;
    std::condition_variable readable_;
    std::deque<std::string> pieces_;
    std::optional<Error> error_;
    bool ended_ = false;
    bool reader_closed_ = false;

    std::string current_;  ///< pool thread only
    std::size_t used_ = 0;
};

}  // namespace wherry::images
