#include "base/trace.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>

#include "base/text.hpp"

namespace wherry::trace {

// Like the log, a trace has no owner that could be handed to every function.
std::atomic<int> detail::file = -1;

namespace {
constexpr const char* variable = "WHERRY_TRACE";
}

void open_from_environment() noexcept {
    if (const char* path = std::getenv(variable); path != nullptr && *path != '\0') {
        detail::file = ::open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    }
}

std::string environment() {
    const char* path = enabled() ? std::getenv(variable) : nullptr;
    return path != nullptr ? text::format("{}={}", variable, std::string_view(path)) : "";
}

std::int64_t detail::now() noexcept {
    return std::chrono::steady_clock::now().time_since_epoch().count();
}

void detail::write(std::string_view id, std::string_view step, std::int64_t began) noexcept {
    const std::string line = text::format("{} {} {} {} {}\n", began, now(), ::getpid(), id, step);
    [[maybe_unused]] const auto put = ::write(file.load(), line.data(), line.size());
}

}  // namespace wherry::trace
