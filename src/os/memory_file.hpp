// Files that exist in memory only, and go with their last descriptor.
#pragma once

#include <string_view>

#include "base/result.hpp"
#include "os/unique_fd.hpp"

namespace wherry::os {

/// Holds `bytes`; whoever opens it again (`/proc/self/fd/N`) reads from its start. `name` is what
/// /proc shows.
[[nodiscard]] Result<UniqueFd> make_memory_file(const char* name, std::string_view bytes);

}  // namespace wherry::os
