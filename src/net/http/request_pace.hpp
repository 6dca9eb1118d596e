// How soon a client asks again after an answer.
#pragma once

#include <chrono>

namespace wherry::http {

/// A server stays awake for the next request of a client whose last ones came in quick succession.
/// One that pauses costs the window once, and sleep is right again.
class RequestPace {
  public:
    /// So many requests in a row have to come within the window.
    static constexpr int enough = 3;

    /// `window`: the longest time that is spent awake for one request; zero means never.
    explicit RequestPace(std::chrono::nanoseconds window) noexcept : window_(window) {}
    /// A request began to arrive so long after the answer before it.
    void came_after(std::chrono::nanoseconds gap) noexcept {
        in_a_row_ = gap <= window_ ? in_a_row_ + 1 : 0;
    }
    /// How long to look for the next request before sleeping.
    [[nodiscard]] std::chrono::nanoseconds awake() const noexcept {
        return in_a_row_ >= enough ? window_ : std::chrono::nanoseconds(0);
    }

  private:
    std::chrono::nanoseconds window_;
    int in_a_row_ = 0;
};

}  // namespace wherry::http
