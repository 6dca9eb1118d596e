// What was read from a connection and not used yet.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "net/async/stream.hpp"

namespace wherry::http {

class Input {
  public:
    explicit Input(async::Stream* stream) : stream_(stream) {}

    [[nodiscard]] std::string_view bytes() const noexcept {
        return {storage_.data() + begin_, end_ - begin_};
    }
    void consume(std::size_t count) noexcept;
    /// Reads once into a buffer of at least `room` free bytes; 0 means the end.
    [[nodiscard]] Task<Result<std::size_t>> fill(std::size_t room);
    /// The same for one thread that may wait: `room` free bytes, of which the first `count` were
    /// filled.
    [[nodiscard]] std::span<char> make_room(std::size_t room);
    void filled(std::size_t count) noexcept { end_ += count; }
    /// Reads past the buffer, which must be empty.
    [[nodiscard]] Task<Result<std::size_t>> read_directly(std::span<char> buffer) {
        return stream_->read_some(buffer);
    }
    /// Gives the memory of a large body or head back, as far as it is unused.
    void shrink();
    [[nodiscard]] std::string take_rest();
    [[nodiscard]] async::SocketLoan lend_socket() { return async::SocketLoan(*stream_); }

  private:
    async::Stream* stream_;
    std::vector<char> storage_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

/// A stream with bytes in front that were read before.
[[nodiscard]] std::unique_ptr<async::Stream> put_back(std::string bytes,
                                                      std::unique_ptr<async::Stream> stream);

}  // namespace wherry::http
