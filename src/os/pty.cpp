#include "os/pty.hpp"

#include <sys/ioctl.h>

#include "os/syscall.hpp"

namespace wherry::os {

Result<> set_window_size(int terminal, unsigned height, unsigned width) {
    winsize size{};
    size.ws_row = static_cast<unsigned short>(height);
    size.ws_col = static_cast<unsigned short>(width);
    CHECK_OK(checked("ioctl", "TIOCSWINSZ", [&] { return ::ioctl(terminal, TIOCSWINSZ, &size); }));
    return {};
}

}  // namespace wherry::os
