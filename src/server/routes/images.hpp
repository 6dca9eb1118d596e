// Handlers of /images and /auth.
#pragma once

#include "codec/json/value.hpp"
#include "server/route.hpp"

namespace wherry::server {

[[nodiscard]] Task<Result<http::Response>> image_list(Call& call);
[[nodiscard]] Task<Result<http::Response>> image_inspect(Call& call);
[[nodiscard]] Task<Result<http::Response>> image_history(Call& call);
[[nodiscard]] Task<Result<http::Response>> image_create(Call& call);
[[nodiscard]] Task<Result<http::Response>> image_load(Call& call);
[[nodiscard]] Task<Result<http::Response>> image_get(Call& call);
[[nodiscard]] Task<Result<http::Response>> image_get_all(Call& call);
[[nodiscard]] Task<Result<http::Response>> image_tag(Call& call);
[[nodiscard]] Task<Result<http::Response>> image_delete(Call& call);
[[nodiscard]] Task<Result<http::Response>> image_prune(Call& call);
[[nodiscard]] Task<Result<http::Response>> system_auth(Call& call);

/// Every image as a listing shows it, with how many containers use it and what it shares.
[[nodiscard]] json::Value image_usage(const Call& call);

}  // namespace wherry::server
