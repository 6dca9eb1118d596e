#include "server/routes/plugins.hpp"

namespace wherry::server {

Task<Result<http::Response>> plugin_inspect(Call& call) {
    co_return fail(ErrorKind::not_found, "plugin \"{}\" not found", call.param(0));
}

}  // namespace wherry::server
