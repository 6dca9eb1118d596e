#include "os/pty.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>

#include "os/file.hpp"
#include "os/syscall.hpp"

namespace wherry::os {

Result<> set_window_size(int terminal, unsigned height, unsigned width) {
    winsize size{};
    size.ws_row = static_cast<unsigned short>(height);
    size.ws_col = static_cast<unsigned short>(width);
    CHECK_OK(checked("ioctl", "TIOCSWINSZ", [&] { return ::ioctl(terminal, TIOCSWINSZ, &size); }));
    return {};
}

Result<Terminal> open_terminal() {
    Terminal terminal;
    // Not /dev/ptmx: an image may have put something else there.
    TRY(terminal.master, open("/dev/pts/ptmx", O_RDWR | O_NOCTTY));
    int locked = 0;
    CHECK_OK(checked("ioctl", "TIOCSPTLCK",
                     [&] { return ::ioctl(terminal.master.get(), TIOCSPTLCK, &locked); }));
    TRY(const int slave, checked("ioctl", "TIOCGPTPEER", [&] {
            return ::ioctl(terminal.master.get(), TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
        }));
    terminal.slave.reset(slave);
    return terminal;
}

Result<> control_terminal(int slave) {
    CHECK_OK(checked("ioctl", "TIOCSCTTY", [&] { return ::ioctl(slave, TIOCSCTTY, 0); }));
    return {};
}

}  // namespace wherry::os
