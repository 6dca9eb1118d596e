// The body of every error: {"message":"…"} and a line feed.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace wherry::api {

[[nodiscard]] std::string error_body(std::string_view message);
/// The message of such a body; nothing where the text is something else.
[[nodiscard]] std::optional<std::string> error_message(std::string_view body);

}  // namespace wherry::api
