#include "net/http/request_target.hpp"

namespace wherry::http {

Result<> set_target(Request& request, std::string_view target) {
    const Error malformed(ErrorKind::invalid, "");
    request.target = target;
    std::string_view rest = target;
    if (const auto scheme = rest.find("://"); scheme != std::string_view::npos && rest[0] != '/') {
        // The absolute form, as for a proxy: the authority is the Host header's business.
        rest.remove_prefix(scheme + 3);
        const auto slash = rest.find_first_of("/?");
        rest = slash == std::string_view::npos ? std::string_view("/") : rest.substr(slash);
    }
    const auto mark = rest.find('?');
    request.path = rest.substr(0, mark);
    if (request.path.empty() && mark != std::string_view::npos) {
        request.path = "/";
    }
    const bool asterisk = request.path == "*" && request.method == "OPTIONS";
    if (!request.path.starts_with('/') && !asterisk) {
        return malformed;
    }
    if (!percent_decode(request.path, false)) {
        return malformed;
    }
    if (mark != std::string_view::npos) {
        auto query = Query::parse(rest.substr(mark + 1));
        if (query) {
            request.query = *std::move(query);
        } else {
            request.query_error = std::move(query).error();
        }
    }
    return {};
}

}  // namespace wherry::http
