#include "net/async/timer.hpp"

#include <boost/asio/steady_timer.hpp>
#include <cstdint>

namespace wherry::async {

namespace asio = boost::asio;

struct Timer::Impl {
    explicit Impl(const Executor& executor) : timer(executor) {}
    asio::steady_timer timer;
    std::function<void()> function;
    std::uint64_t round = 0;  // tells a handler that was too late to be cancelled
};

Timer::Timer(const Executor& executor) : impl_(std::make_shared<Impl>(executor)) {}

Timer::~Timer() {
    cancel();
}

void Timer::start(Duration duration, std::function<void()> function) {
    impl_->function = std::move(function);
    const auto round = ++impl_->round;
    impl_->timer.expires_after(duration);
    impl_->timer.async_wait([impl = impl_, round](const boost::system::error_code& error) {
        if (!error && impl->round == round) {
            const auto call = std::move(impl->function);
            impl->function = nullptr;
            call();
        }
    });
}

void Timer::cancel() noexcept {
    ++impl_->round;
    impl_->function = nullptr;
    impl_->timer.cancel();
}

}  // namespace wherry::async
