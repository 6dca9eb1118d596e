// SHA-256 of short texts.
#pragma once

#include <string>
#include <string_view>

namespace wherry::sdk {

[[nodiscard]] std::string sha256_hex(std::string_view content);

}  // namespace wherry::sdk
