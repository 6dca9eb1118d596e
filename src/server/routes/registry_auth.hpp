// Credentials as clients send them: in a header, or as a JSON body.
#pragma once

#include <string_view>

#include "base/result.hpp"
#include "engine/images/registry_auth.hpp"

namespace wherry::server {

/// X-Registry-Auth: base64 of a JSON AuthConfig; "" and `{}` are none. 400 for anything else.
[[nodiscard]] Result<images::Credentials> decode_registry_auth(std::string_view header);
[[nodiscard]] Result<images::Credentials> decode_auth_config(std::string_view json);

}  // namespace wherry::server
