#include "base/log.hpp"

#include <unistd.h>

#include <atomic>

namespace wherry::log {

namespace {

void to_stderr(Level level, std::string_view line) {
    const std::string_view name = level == Level::error ? "error: " : "warning: ";
    if (level < Level::warn) {
        return;
    }
    std::string whole;
    whole.append(name).append(line).append("\n");
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, whole.data(), whole.size());
}

// Set once at the start of a program; a log has no owner that could be handed to every function.
std::atomic<Sink> current_sink = to_stderr;
std::atomic<Level> lowest_level = Level::info;

}  // namespace

void set_sink(Sink sink) noexcept {
    current_sink = sink != nullptr ? sink : to_stderr;
}
void set_level(Level lowest) noexcept {
    lowest_level = lowest;
}
bool enabled(Level level) noexcept {
    return level >= lowest_level.load(std::memory_order_relaxed);
}
void write(Level level, std::string_view line) {
    if (enabled(level)) {
        current_sink.load()(level, line);
    }
}

}  // namespace wherry::log
