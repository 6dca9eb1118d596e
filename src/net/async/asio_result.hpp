// What Asio's waits give, for the files of this folder that call it.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <string_view>

#include "base/error.hpp"
#include "net/async/cancel.hpp"

namespace wherry::async {

using ErrorCode = boost::system::error_code;

/// Awaits an operation for its error code and values, as a tuple; nothing is thrown.
constexpr auto as_result = boost::asio::as_tuple(boost::asio::use_awaitable);

/// The error of `call`; one that was aborted was cancelled.
[[nodiscard]] inline Error to_error(std::string_view call, const ErrorCode& code) {
    if (code == boost::asio::error::operation_aborted) {
        return cancelled_error();
    }
    return os_failure(call, "", code.value());
}

}  // namespace wherry::async
