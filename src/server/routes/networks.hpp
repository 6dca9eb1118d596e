// Networks (API section "Network").
#pragma once

#include "server/route.hpp"

namespace wherry::server {

[[nodiscard]] Task<Result<http::Response>> network_list(Call& call);
[[nodiscard]] Task<Result<http::Response>> network_inspect(Call& call);
/// 403 for the names that every engine has; else 501 until user-defined networks are built.
[[nodiscard]] Task<Result<http::Response>> network_create(Call& call);
/// 403 for the networks that every engine has, and there are no others yet.
[[nodiscard]] Task<Result<http::Response>> network_delete(Call& call);

}  // namespace wherry::server
