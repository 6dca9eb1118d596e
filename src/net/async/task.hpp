// The one name for a coroutine of the engine and the SDK. It runs on the loop thread that spawned
// it; after each co_await the world may have changed.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"

namespace wherry {

template <class T = void>
using Task = boost::asio::awaitable<T>;

namespace async {
using Executor = boost::asio::any_io_executor;
}

}  // namespace wherry
