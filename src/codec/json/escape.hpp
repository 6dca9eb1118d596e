// Strings and numbers as Go's encoding/json writes them, HTML escaping off.
#pragma once

#include <string>
#include <string_view>

namespace wherry::json {

/// Appends the quoted text; invalid UTF-8 becomes U+FFFD, U+2028 and U+2029 are escaped.
void write_string(std::string& out, std::string_view text);
void write_double(std::string& out, double value);

}  // namespace wherry::json
