// A response body that blocking code writes on a pool thread: archives, past logs.
#pragma once

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
    /// Waits while the peer is slow; `cancelled` once the response has ended. Small writes that
    /// come faster than the peer takes them are sent together.
    [[nodiscard]] virtual Result<> write(std::string_view bytes) = 0;
};

/// Runs on a thread of the pool; what it captures is used there.
using BlockingBody = std::function<Result<>(BlockingWriter&)>;

/// The response ends when `produce` does, and is cut off if that fails. The pool outlives it.
[[nodiscard]] StreamBody blocking_body(async::Pool& pool, BlockingBody produce);

}  // namespace wherry::http
