// What the SDK knows about a call that failed, beyond the error's kind, status and message.
#pragma once

#include <string>

#include "base/result.hpp"
#include "wherry/compiler.hpp"

namespace wherry {

/// Reached by `api_error(result.error())`. `Error::message()` is the daemon's own text, where the
/// daemon has answered.
struct ApiError final : ErrorDetail {
    int status = 0;              ///< of the daemon's answer; 0 if there was none
    std::string daemon_message;  ///< from the body of the answer
    std::string method;
    std::string path;                ///< without version and query
    std::string api_version;         ///< in force for this call; empty if none was known yet
    std::string server_api_version;  ///< the newest that the daemon serves; empty if unknown
    std::string endpoint;            ///< "unix:///var/run/docker.sock"
    std::string endpoint_source;     ///< the rule that chose it: "DOCKER_HOST", "the default", …
    std::string hint;                ///< what to do about it; may be empty
};

/// Null for an error that does not come from a call.
[[nodiscard]] const ApiError* api_error(const Error& error) noexcept;
/// All of it as text of one or more lines, for people.
[[nodiscard]] std::string describe(const Error& error);

}  // namespace wherry
