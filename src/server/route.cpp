#include "server/route.hpp"

namespace wherry::server {

Task<Result<http::Response>> not_built(Call& call) {
    co_return fail(ErrorKind::unsupported, "{} {} is not built yet", call.request.method,
                   call.request.path);
}

}  // namespace wherry::server
