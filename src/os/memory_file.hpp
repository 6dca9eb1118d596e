// Files in memory: what a helper program is given to read or to write, without a pipe that somebody
// would have to empty.
#pragma once

#include <string>

#include "base/result.hpp"
#include "os/unique_fd.hpp"

namespace wherry::os {

[[nodiscard]] Result<UniqueFd> make_memory_file(const char* name);
/// All of it, from its beginning; the descriptor's position is the writer's and stays.
[[nodiscard]] Result<std::string> memory_file_text(int fd);

}  // namespace wherry::os
