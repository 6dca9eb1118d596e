// Terminals.
#pragma once

#include "base/result.hpp"

namespace wherry::os {

/// TIOCSWINSZ; the foreground process gets SIGWINCH.
[[nodiscard]] Result<> set_window_size(int terminal, unsigned height, unsigned width);

}  // namespace wherry::os
