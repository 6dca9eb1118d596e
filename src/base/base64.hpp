// Base64 (RFC 4648), as headers and annotations carry bytes.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace wherry {

[[nodiscard]] std::string base64(std::string_view bytes);
/// Standard or URL alphabet, with or without padding; blanks are skipped. `invalid` for the rest.
[[nodiscard]] Result<std::string> base64_decode(std::string_view text);

}  // namespace wherry
