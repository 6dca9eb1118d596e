// What a route is: one line of route_table.cpp, one handler in routes/<resource>.cpp.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/version.hpp"
#include "base/result.hpp"
#include "net/http/message.hpp"

namespace wherry::server {

class Engine;

/// All that a handler gets: the request, the version of its path, the engine.
struct Call {
    http::Request& request;
    api::ApiVersion version;          ///< of the path, or the newest for an unversioned one
    std::vector<std::string> params;  ///< the pattern's variables, decoded, in order
    Engine& engine;

    [[nodiscard]] const std::string& param(std::size_t index) const { return params.at(index); }
    [[nodiscard]] const http::Query& query() const { return request.query; }
};

/// An Error becomes the API's error body with the error's status.
using RouteHandler = Task<Result<http::Response>> (*)(Call& call);

struct Route {
    std::string_view method;
    /// "/containers/{id}/json"; a variable matches greedily, slashes included.
    std::string_view pattern;
    /// The catalogue's operation id, for logs, coverage and the check against the catalogue.
    std::string_view operation;
    RouteHandler handler;
    std::string_view since = "1.24";  ///< below: 400 "METHOD PATTERN requires minimum API version"
};

/// Every route, in the order in which they are tried.
[[nodiscard]] std::span<const Route> routes();

/// Answers with 501: "METHOD PATH is not built yet".
[[nodiscard]] Task<Result<http::Response>> not_built(Call& call);

}  // namespace wherry::server
