// Giving a process its input and collecting its output, at the same time.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "wherry/async_session.hpp"

namespace wherry::sdk {

struct Talk {
    std::string input;
    std::size_t output_limit = 0;  ///< of `out` and `err` each
    /// Gets each piece, instead of the texts below.
    std::function<void(const Output&)> on_output;

    std::string out;
    std::string err;
    bool truncated = false;
};

/// Returns when the output has ended.
[[nodiscard]] Task<Result<>> talk(AsyncSession& session, Talk& said);

}  // namespace wherry::sdk
