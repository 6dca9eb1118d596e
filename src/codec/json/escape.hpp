// Strings and numbers as Go's encoding/json writes them, HTML escaping off.
#pragma once

#include <string>
#include <string_view>

namespace wherry::json {

/// Appends the quoted text; invalid UTF-8 becomes U+FFFD, U+2028 and U+2029 are escaped.
void write_string(std::string& out, std::string_view text);
/// Whole numbers as integers, an exponent only below 1e-6 and from 1e21; null where not finite.
void write_double(std::string& out, double value);
/// The text with each byte that is not UTF-8 replaced by U+FFFD, as Go's decoding does.
[[nodiscard]] std::string valid_utf8(std::string_view text);

}  // namespace wherry::json
