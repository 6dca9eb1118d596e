// What went wrong, told so that one can act on it.
#pragma once

#include <string>
#include <string_view>

#include "net/http/client.hpp"
#include "sdk/call.hpp"
#include "wherry/error.hpp"

namespace wherry::sdk {

/// The error that an answer of the daemon means; a body that is no JSON is taken as text.
[[nodiscard]] Error daemon_error(int status, std::string_view body, ApiError facts);
/// Adds the facts, and for a connection that failed words and a hint of use.
[[nodiscard]] Error with_facts(Error error, ApiError facts);
/// Whether the daemon refused the client's API version.
[[nodiscard]] bool is_version_refusal(std::string_view message) noexcept;
/// Pumps an upload into a request.
[[nodiscard]] Task<Result<>> send_upload(Upload upload, http::BodyWriter& writer);

}  // namespace wherry::sdk
