#include "server/routes/system.hpp"

namespace wherry::server {

Task<Result<http::Response>> swarm_inactive(Call& /*call*/) {
    co_return Error(ErrorKind::unavailable,
                    "This node is not a swarm manager. Use \"docker swarm init\" or \"docker swarm "
                    "join\" to connect this node to swarm and try again.");
}

Task<Result<http::Response>> swarm_leave(Call& /*call*/) {
    co_return Error(ErrorKind::unavailable, "This node is not part of a swarm");
}

}  // namespace wherry::server
