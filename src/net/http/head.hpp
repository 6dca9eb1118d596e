// Heads of messages: bytes to values, without I/O. The parser behind it is Beast's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "net/http/message.hpp"

namespace wherry::http {

/// How long a message's body is.
struct Framing {
    enum class Kind { none, length, chunked, until_close };
    Kind kind = Kind::none;
    std::uint64_t length = 0;
};

struct RequestHead {
    std::string method;
    std::string target;
    Headers headers;
    Framing body;
    bool http_1_0 = false;
    bool keep_alive = true;
    bool expect_continue = false;
};

struct ResponseHead {
    int status = 0;
    std::string reason;
    Headers headers;
    Framing body;  ///< as for a request that was not HEAD
    bool http_1_0 = false;
    bool keep_alive = true;
};

/// Searches for the end of a head, as it comes in pieces.
class HeadScanner {
  public:
    /// The length of the head with its empty line; nothing yet if it is incomplete. `bytes` begins
    /// where the head does, and only grows from call to call.
    [[nodiscard]] std::optional<std::size_t> find_end(std::string_view bytes) noexcept;
    /// Whether what is there can still become a head: no byte that no method has, no bare LF.
    [[nodiscard]] bool hopeless() const noexcept { return hopeless_; }

  private:
    std::size_t seen_ = 0;
    bool hopeless_ = false;
};

/// A whole head. An error carries the status and text that Go's server would answer.
[[nodiscard]] Result<RequestHead> parse_request_head(std::string_view bytes);
[[nodiscard]] Result<ResponseHead> parse_response_head(std::string_view bytes);

}  // namespace wherry::http
