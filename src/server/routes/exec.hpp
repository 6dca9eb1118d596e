// Handlers of /exec, and of /containers/{id}/exec.
#pragma once

#include "server/route.hpp"

namespace wherry::server {

[[nodiscard]] Task<Result<http::Response>> exec_create(Call& call);
[[nodiscard]] Task<Result<http::Response>> exec_start(Call& call);
[[nodiscard]] Task<Result<http::Response>> exec_resize(Call& call);
[[nodiscard]] Task<Result<http::Response>> exec_inspect(Call& call);

}  // namespace wherry::server
