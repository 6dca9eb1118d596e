#include "net/async/signals.hpp"

#include <boost/asio/signal_set.hpp>

#include "net/async/asio_result.hpp"
#include "net/async/cancel.hpp"

namespace wherry::async {

namespace asio = boost::asio;

struct SignalSet::Impl {
    explicit Impl(const Executor& executor) : set(executor) {}
    asio::signal_set set;
};

SignalSet::SignalSet(const Executor& executor, std::initializer_list<int> signals)
    : impl_(std::make_unique<Impl>(executor)) {
    for (const int number : signals) {
        impl_->set.add(number);
    }
}
SignalSet::~SignalSet() = default;

Task<Result<int>> SignalSet::next() {
    const bool cancelled = co_await is_cancelled();
    if (cancelled) {
        co_return cancelled_error();
    }
    const auto result = co_await impl_->set.async_wait(as_result);
    const boost::system::error_code code = std::get<0>(result);
    if (code) {
        co_return cancelled_error();
    }
    co_return std::get<1>(result);
}

}  // namespace wherry::async
