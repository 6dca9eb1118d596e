// The front of the log: one line, one event, `key=value`, the object's id first. A program sets the
// sink once, before it starts threads; without one, warnings and errors go to standard error.
#pragma once

#include <string_view>

#include "base/text.hpp"

namespace wherry::log {

enum class Level { debug, info, warn, error };

/// Receives whole lines; called from any thread.
using Sink = void (*)(Level level, std::string_view line);

void set_sink(Sink sink) noexcept;
void set_level(Level lowest) noexcept;
[[nodiscard]] bool enabled(Level level) noexcept;
void write(Level level, std::string_view line);

template <class... Args>
void debug(std::string_view pattern, const Args&... args) {
    if (enabled(Level::debug)) {
        write(Level::debug, text::format(pattern, args...));
    }
}
template <class... Args>
void info(std::string_view pattern, const Args&... args) {
    if (enabled(Level::info)) {
        write(Level::info, text::format(pattern, args...));
    }
}
template <class... Args>
void warn(std::string_view pattern, const Args&... args) {
    write(Level::warn, text::format(pattern, args...));
}
template <class... Args>
void error(std::string_view pattern, const Args&... args) {
    write(Level::error, text::format(pattern, args...));
}

}  // namespace wherry::log
