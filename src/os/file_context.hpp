// The umask and the working folder, which threads share unless they say otherwise.
#pragma once

#include "base/result.hpp"

namespace wherry::os {

/// The calling thread, and those that it starts from now on, have umask 022 and the working folder
/// "/", whatever the process was started with; other threads keep theirs.
[[nodiscard]] Result<> enter_own_file_context();

}  // namespace wherry::os
