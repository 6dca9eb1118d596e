// Random identifiers: 64 hex digits, as the API's objects have them.
#pragma once

#include <string>
#include <string_view>

namespace wherry {

/// `bytes` random bytes from the kernel, as twice as many hex digits.
[[nodiscard]] std::string random_hex(std::size_t bytes);
/// A new object id: 64 hex digits whose first twelve are not all decimal (such an id could be
/// taken for a number by tools).
[[nodiscard]] std::string new_id();
[[nodiscard]] inline std::string_view short_id(std::string_view id) {
    return id.substr(0, 12);
}

}  // namespace wherry
