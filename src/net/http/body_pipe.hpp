// A request body that comes through the loop as a BlockingReader for a pool thread: the loop reads
// ahead a few pieces, the thread waits for them, and the loop waits while the thread is slow.
// Constant memory for any size. Where there is a plain socket, the thread reads that instead.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "net/async/event.hpp"
#include "net/http/message.hpp"

namespace wherry::http {

class BodyPipe final : public BlockingReader, public std::enable_shared_from_this<BodyPipe> {
  public:
    explicit BodyPipe(async::Executor loop) : loop_(std::move(loop)) {}

    /// On the loop: copies the body into the pipe until it ends. An error of the body, and a
    /// cancellation, reach the reader.
    [[nodiscard]] Task<> fill(BodyReader& body);

    /// On one pool thread.
    [[nodiscard]] Result<std::size_t> read(std::span<char> buffer) override;

  private:
    void put(std::string piece, std::optional<Error> error, bool end);
    [[nodiscard]] bool is_full();
    void wake_filler();

    async::Executor loop_;
    async::Event room_;  ///< loop thread only

    // Two threads share what follows.
    std::mutex mutex_;
    std::condition_variable readable_;
    std::deque<std::string> pieces_;
    std::optional<Error> error_;
    bool ended_ = false;

    std::string current_;  ///< pool thread only
    std::size_t used_ = 0;
};

}  // namespace wherry::http
