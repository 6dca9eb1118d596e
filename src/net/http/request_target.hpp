// The request line's target, taken apart.
#pragma once

#include <string_view>

#include "net/http/message.hpp"

namespace wherry::http {

/// Sets target, path, query and query_error. An error if the target is not a path (or an absolute
/// URL, or "*") or its path has a malformed escape.
[[nodiscard]] Result<> set_target(Request& request, std::string_view target);

}  // namespace wherry::http
