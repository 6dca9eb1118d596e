// Waiting on the loop for a value that another thread delivers.
#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <memory>

#include "net/async/task.hpp"

namespace wherry::async {

/// Called once, from any thread, with the value.
template <class T>
using Deliver = std::function<void(T)>;

/// Starts something that will call `deliver` once, on any thread, and waits for it on the loop.
/// Not cancellable: the waiter stays until the value has come.
template <class T>
[[nodiscard]] Task<T> handoff(std::function<void(Deliver<T>)> start) {
    auto initiate = [&start](auto handler) {
        // Shared, since std::function wants to be copied; the handler runs once.
        auto shared = std::make_shared<decltype(handler)>(std::move(handler));
        start([shared](T value) {
            auto executor = boost::asio::get_associated_executor(*shared);
            boost::asio::post(executor, [shared, value = std::move(value)]() mutable {
                std::move (*shared)(std::move(value));
            });
        });
    };
    auto waiting = boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void(T)>(
        std::move(initiate), boost::asio::use_awaitable);
    T value = co_await std::move(waiting);
    co_return value;
}

}  // namespace wherry::async
