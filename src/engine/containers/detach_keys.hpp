// Detach keys of attach and exec: "ctrl-p,ctrl-q".
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace wherry::containers {

/// The bytes of a sequence; "" gives Docker's own, ctrl-p and ctrl-q. 400 for what is no key.
[[nodiscard]] Result<std::string> parse_detach_keys(std::string_view text);

}  // namespace wherry::containers
