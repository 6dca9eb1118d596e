// Standard phrases of HTTP status codes, in Go's spelling.
#pragma once

#include <string_view>

namespace wherry::http {

/// "" for a code that has none.
[[nodiscard]] std::string_view status_text(int status) noexcept;
/// Whether a response of that status has a body (RFC 9110: not 1xx, 204, 304).
[[nodiscard]] bool status_allows_body(int status) noexcept;

}  // namespace wherry::http
