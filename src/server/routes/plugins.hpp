// Plugins (API section "Plugin"): this engine has none.
#pragma once

#include "server/route.hpp"

namespace wherry::server {

/// 404 `plugin "NAME" not found`: clients that look an unknown name up in every kind of object
/// rely on it.
[[nodiscard]] Task<Result<http::Response>> plugin_inspect(Call& call);

}  // namespace wherry::server
