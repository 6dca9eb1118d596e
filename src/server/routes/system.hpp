// The engine itself: ping, version, info, events, disk usage; and what a node outside a swarm
// answers.
#pragma once

#include "server/route.hpp"

namespace wherry::server {

[[nodiscard]] Task<Result<http::Response>> system_ping(Call& call);
[[nodiscard]] Task<Result<http::Response>> system_version(Call& call);
[[nodiscard]] Task<Result<http::Response>> system_info(Call& call);
[[nodiscard]] Task<Result<http::Response>> system_events(Call& call);
[[nodiscard]] Task<Result<http::Response>> system_data_usage(Call& call);
/// 503 "This node is not a swarm manager. …", as a reference outside a swarm.
[[nodiscard]] Task<Result<http::Response>> swarm_inactive(Call& call);
/// 503 "This node is not part of a swarm".
[[nodiscard]] Task<Result<http::Response>> swarm_leave(Call& call);

}  // namespace wherry::server
