// Terminals.
#pragma once

#include "base/result.hpp"
#include "os/unique_fd.hpp"

namespace wherry::os {

/// TIOCSWINSZ; the foreground process gets SIGWINCH.
[[nodiscard]] Result<> set_window_size(int terminal, unsigned height, unsigned width);

struct Terminal {
    UniqueFd master;
    UniqueFd slave;
};
/// A new terminal of the caller's /dev/pts (close-on-exec, not the caller's controlling terminal).
[[nodiscard]] Result<Terminal> open_terminal();
/// Makes `slave` the controlling terminal of the caller, the leader of a session without one.
[[nodiscard]] Result<> control_terminal(int slave);

}  // namespace wherry::os
