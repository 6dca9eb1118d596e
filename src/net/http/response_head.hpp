// The head of a response as it goes over the wire.
#pragma once

#include <ctime>
#include <string>
#include <string_view>

#include "net/http/message.hpp"

namespace wherry::http {

/// The Date header's value, made anew once a second.
class DateCache {
  public:
    [[nodiscard]] std::string_view get();

  private:
    std::time_t made_ = -1;
    std::string text_;
};

/// What the server decides about a response.
struct ResponsePlan {
    bool http_1_0 = false;
    bool keep_alive = true;
    bool head_only = false;  ///< HEAD, 204, 304
    bool chunked = false;
    std::optional<std::uint64_t> length;  ///< to be told; nothing for none
};

/// The handler's fields in its order, then Date, Content-Length, Connection, Transfer-Encoding, as
/// Go's server writes them. Line ends inside a field become spaces.
[[nodiscard]] std::string response_head(const Response& response, const ResponsePlan& plan,
                                        std::string_view date);
/// The same for an upgrade: the handler's fields alone.
[[nodiscard]] std::string upgrade_head(const Response& response, bool http_1_0);
/// What Go's server says to a request that it cannot read: a whole response.
[[nodiscard]] std::string refusal(const Error& error);

}  // namespace wherry::http
