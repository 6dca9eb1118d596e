// A response body that blocking code writes on a pool thread: archives, past logs. On a plain
// socket the thread writes there itself; elsewhere (TLS) its bytes go through the loop.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "net/async/pool.hpp"
#include "net/http/message.hpp"

namespace wherry::http {

/// The thread's side of the body.
class BlockingWriter {
  public:
    BlockingWriter() = default;
    BlockingWriter(const BlockingWriter&) = delete;
    BlockingWriter& operator=(const BlockingWriter&) = delete;
    virtual ~BlockingWriter() = default;
    /// Waits while the peer is slow; `cancelled` once the response has ended. Small writes are sent
    /// together.
    [[nodiscard]] virtual Result<> write(std::string_view bytes) = 0;
    /// `size` bytes of a file from `offset` on, without a copy where the kernel can do that.
    /// `internal` where the file is shorter.
    [[nodiscard]] virtual Result<> write_file(int file, std::uint64_t offset, std::uint64_t size);
};

/// Runs on a thread of the pool; what it captures is used there.
using BlockingBody = std::function<Result<>(BlockingWriter&)>;

/// The response ends when `produce` does, and is cut off if that fails. The pool outlives it.
[[nodiscard]] StreamBody blocking_body(async::Pool& pool, BlockingBody produce);

}  // namespace wherry::http
