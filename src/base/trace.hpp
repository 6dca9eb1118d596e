// Where the time of a run goes: spans, written by every process of a run into one file when
// WHERRY_TRACE names it. Off (the usual case), a span costs one load.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

namespace wherry::trace {

/// Opens the file that WHERRY_TRACE names, for appending. Once, before threads start.
void open_from_environment() noexcept;
/// "WHERRY_TRACE=FILE", for the environment of a program that takes part; empty if off.
[[nodiscard]] std::string environment();

namespace detail {
extern std::atomic<int> file;
[[nodiscard]] std::int64_t now() noexcept;
void write(std::string_view id, std::string_view step, std::int64_t began) noexcept;
}  // namespace detail

[[nodiscard]] inline bool enabled() noexcept {
    return detail::file.load(std::memory_order_relaxed) >= 0;
}

/// A step of what happens to the container `id`, from here to the end of the scope: one line
/// "BEGAN ENDED PID ID STEP", nanoseconds of the monotonic clock, which all processes share.
class Span {
  public:
    Span(std::string_view id, std::string_view step) {
        if (enabled()) {
            id_ = id;
            step_ = step;
            began_ = detail::now();
        }
    }
    Span(const Span&) = delete;
    Span& operator=(const Span&) = delete;
    ~Span() { end(); }

    void end() noexcept {
        if (began_ != 0) {
            detail::write(id_, step_, began_);
            began_ = 0;
        }
    }

  private:
    std::string id_;
    std::string_view step_;  // a literal
    std::int64_t began_ = 0;
};

}  // namespace wherry::trace
