// Digests of content: "sha256:HEX".
#pragma once

#include <string_view>

#include "base/result.hpp"

namespace wherry::api {

/// "sha256:" and 64 lower-case hex digits, the only digests that the engine makes.
[[nodiscard]] bool is_digest(std::string_view text) noexcept;

/// Any digest that the reference accepts (sha256, sha384, sha512). 400 with its texts: "invalid
/// reference format" for what has not the form ALGORITHM:HEX, "unsupported digest algorithm",
/// "invalid checksum digest length", "invalid checksum digest format".
[[nodiscard]] Result<> check_digest(std::string_view text);

}  // namespace wherry::api
