// The terminal that the command runs in.
#pragma once

#include <termios.h>

#include <optional>

#include "base/result.hpp"

namespace wherry::command {

struct Size {
    unsigned short height = 0;
    unsigned short width = 0;
};

[[nodiscard]] bool is_terminal(int fd) noexcept;
/// Nothing where it is no terminal, or has no size.
[[nodiscard]] std::optional<Size> terminal_size(int fd) noexcept;

/// Raw input for as long as it lives: keys reach the container as they are typed.
class RawMode {
  public:
    [[nodiscard]] static Result<RawMode> enter(int fd);
    RawMode(RawMode&& other) noexcept;
    RawMode& operator=(RawMode&&) = delete;
    RawMode(const RawMode&) = delete;
    RawMode& operator=(const RawMode&) = delete;
    ~RawMode() { restore(); }
    void restore() noexcept;

  private:
    RawMode(int fd, const termios& before) : fd_(fd), before_(before) {}
    int fd_;
    termios before_;
};

}  // namespace wherry::command
