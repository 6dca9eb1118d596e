// Looking for bytes again and again for a moment, instead of sleeping until they come: putting a
// thread to sleep and waking it costs tens of microseconds, more on a virtual processor.
#pragma once

#include <chrono>
#include <utility>

namespace wherry::async {

/// One socket's polling: until when it goes on, and whether it is worth while. A processor that
/// others want is left to them: whoever polls falls behind there, while whoever sleeps is woken in
/// front of them.
class BusyPoll {
  public:
    using Clock = std::chrono::steady_clock;
    /// Polling that ends so much later than it should had to share its processor.
    static constexpr std::chrono::microseconds late{200};
    /// There is none for so many times that delay, which bounds what is lost.
    static constexpr int respite = 20;

    /// The next wait begins with so much polling.
    void ask(std::chrono::nanoseconds time) noexcept { asked_ = time; }
    [[nodiscard]] bool asked() const noexcept { return asked_.count() > 0; }
    /// Takes what was asked: until when to poll. `now` or earlier: not at all.
    [[nodiscard]] Clock::time_point begin(Clock::time_point now) noexcept {
        const auto time = std::exchange(asked_, {});
        until_ = now < not_before_ ? now : now + time;
        return until_;
    }
    /// Polling has ended, with or without success.
    void end(Clock::time_point now) noexcept {
        if (now > until_ + late) {
            not_before_ = now + respite * (now - until_);
        }
    }

  private:
    std::chrono::nanoseconds asked_{0};
    Clock::time_point until_;
    Clock::time_point not_before_;
};

}  // namespace wherry::async
