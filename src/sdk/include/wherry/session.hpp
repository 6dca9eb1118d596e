// A process's input and output at once: attach, and exec.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "base/result.hpp"
#include "wherry/types.hpp"

namespace wherry {

namespace sdk {
class SessionState;
}

/// Duplex and blocking. Reading and writing may happen at the same time in two threads; `close`
/// wakes both. Dropping it detaches: the process goes on.
class Session {
  public:
    explicit Session(std::unique_ptr<sdk::SessionState> state);
    Session(Session&&) noexcept;
    Session& operator=(Session&&) noexcept;
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    ~Session();

    /// The next piece of output; nothing at the end.
    [[nodiscard]] Result<std::optional<Output>> next();
    [[nodiscard]] Result<> write(std::string_view bytes);
    /// The process sees the end of its input; its output still comes.
    [[nodiscard]] Result<> close_write();
    void close() noexcept;
    /// Whether the process has a terminal: its output is all `Channel::out`.
    [[nodiscard]] bool is_tty() const noexcept;

  private:
    std::unique_ptr<sdk::SessionState> state_;
};

}  // namespace wherry
