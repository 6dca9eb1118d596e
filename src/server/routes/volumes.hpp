// Volumes (API section "Volume"): the local driver.
#pragma once

#include "server/route.hpp"

namespace wherry::server {

[[nodiscard]] Task<Result<http::Response>> volume_list(Call& call);
[[nodiscard]] Task<Result<http::Response>> volume_inspect(Call& call);
[[nodiscard]] Task<Result<http::Response>> volume_create(Call& call);
[[nodiscard]] Task<Result<http::Response>> volume_delete(Call& call);
[[nodiscard]] Task<Result<http::Response>> volume_prune(Call& call);
/// 503: only cluster volumes can be updated, and there is no swarm.
[[nodiscard]] Task<Result<http::Response>> volume_update(Call& call);

}  // namespace wherry::server
