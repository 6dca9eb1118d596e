// Calling the kernel: retried on EINTR, failures as an Error that names call and object.
#pragma once

#include <cerrno>
#include <string_view>

#include "base/result.hpp"

namespace wherry::os {

/// Calls `function` again while it fails with EINTR; returns what it returns.
template <class F>
auto retry(F&& function) {
    while (true) {
        const auto result = function();
        if (result >= 0 || errno != EINTR) {
            return result;
        }
    }
}

/// The current errno as an error of `call` on `object`.
[[nodiscard]] inline Error last_failure(std::string_view call, std::string_view object) {
    return os_failure(call, object, errno);
}

/// `retry`, then the non-negative result or the error.
template <class F>
auto checked(std::string_view call, std::string_view object, F&& function)
    -> Result<decltype(function())> {
    const auto result = retry(function);
    if (result < 0) {
        return last_failure(call, object);
    }
    return result;
}

}  // namespace wherry::os
