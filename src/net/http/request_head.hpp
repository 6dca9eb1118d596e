// The head of a client's request as it goes over the wire.
#pragma once

#include <string>
#include <string_view>

#include "net/http/client.hpp"

namespace wherry::http {

/// An error if method, target or a field has bytes that would break the message.
[[nodiscard]] Result<std::string> request_head(const ClientRequest& request, std::string_view host);
/// Whether sending it twice does the same as sending it once (RFC 9110 9.2.2, without PUT and
/// DELETE, whose second answer differs).
[[nodiscard]] bool is_safe_to_repeat(std::string_view method) noexcept;

}  // namespace wherry::http
