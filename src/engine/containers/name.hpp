// Names of containers: what is allowed, and what is made up where none was given.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace wherry::containers {

/// The name without its slash; 400 with the reference's text if it is not allowed.
[[nodiscard]] Result<std::string> check_name(std::string_view name);
/// "adjective_surname", by chance.
[[nodiscard]] std::string random_name();

}  // namespace wherry::containers
