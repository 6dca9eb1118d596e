#include "bin/wherry/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace wherry::command {

bool is_terminal(int fd) noexcept {
    return ::isatty(fd) == 1;
}

std::optional<Size> terminal_size(int fd) noexcept {
    winsize size{};
    if (::ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0) {
        return std::nullopt;
    }
    return Size{.height = size.ws_row, .width = size.ws_col};
}

Result<RawMode> RawMode::enter(int fd) {
    termios before{};
    if (::tcgetattr(fd, &before) != 0) {
        return os_failure("tcgetattr", "standard input", errno);
    }
    termios raw = before;
    ::cfmakeraw(&raw);
    if (::tcsetattr(fd, TCSADRAIN, &raw) != 0) {
        return os_failure("tcsetattr", "standard input", errno);
    }
    return RawMode(fd, before);
}

RawMode::RawMode(RawMode&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), before_(other.before_) {}

void RawMode::restore() noexcept {
    if (const int fd = std::exchange(fd_, -1); fd >= 0) {
        ::tcsetattr(fd, TCSADRAIN, &before_);
    }
}

}  // namespace wherry::command
