#include "server/dispatcher.hpp"

#include "base/log.hpp"
#include "server/build_info.hpp"
#include "server/engine.hpp"
#include "server/path.hpp"
#include "server/reply.hpp"

namespace wherry::server {

namespace {

http::Response not_found() {
    return error_reply(Error(ErrorKind::not_found, "page not found"));
}

/// Below 1.24 errors are plain text, on every path.
http::Response too_old(const std::string& text) {
    http::Response response = text_reply(400, text + "\n");
    response.headers.set("X-Content-Type-Options", "nosniff");
    return response;
}

http::Response moved(const std::string& path, const http::Request& request) {
    http::Response response = empty_reply(301);
    std::string location = encode_path(path);
    if (const auto query = request.target.find('?'); query != std::string::npos) {
        location.append(request.target, query);
    }
    response.headers.set("Location", std::move(location));
    return response;
}

}  // namespace

Dispatcher::Dispatcher(Engine& engine)
    : engine_(engine), min_version_(api::ApiVersion::parse(engine.config().min_api_version)) {}

Dispatcher::Found Dispatcher::find(std::string_view method, std::string_view path) {
    for (const Route& route : routes()) {
        if (route.method != method) {
            continue;
        }
        if (auto params = match(route.pattern, path)) {
            return {&route, std::move(*params)};
        }
    }
    return {};
}

std::optional<http::Response> Dispatcher::refuse(const std::string& version_text,
                                                 const api::ApiVersion& version) const {
    if (version < min_version_) {
        const std::string text = text::format(
            "client version {} is too old. Minimum supported API version is {}, please upgrade "
            "your client to a newer version",
            version_text, engine_.config().min_api_version);
        return version < api::lowest_version ? too_old(text)
                                             : error_reply(Error(ErrorKind::invalid, text));
    }
    if (version > api::newest_version) {
        return error_reply(fail(ErrorKind::invalid,
                                "client version {} is too new. Maximum supported API version is {}",
                                version_text, api::newest_version.text()));
    }
    return std::nullopt;
}

void Dispatcher::add_common_headers(http::Response& response, bool passed) const {
    response.headers.set("Api-Version", api::newest_version.text());
    if (passed) {
        response.headers.set("Docker-Experimental",
                             engine_.config().experimental ? "true" : "false");
    }
    response.headers.set("Ostype", "linux");
    response.headers.set("Server", "Docker/" + engine_version() + " (linux)");
}

Task<http::Response> Dispatcher::handle(http::Request& request) {
    const auto decoded = http::percent_decode(request.path, false);
    if (!decoded) {
        co_return error_reply(decoded.error());
    }
    const std::string path = clean_path(*decoded);
    if (path != *decoded) {
        co_return moved(path, request);
    }
    const VersionedPath versioned = split_version(path);
    Found found = find(request.method, versioned.rest);
    const bool options = request.method == "OPTIONS";
    if (found.route == nullptr && !options) {
        co_return not_found();
    }
    const auto version =
        versioned.version ? api::ApiVersion::parse(*versioned.version) : api::newest_version;
    if (versioned.version) {
        if (auto refused = refuse(*versioned.version, version)) {
            add_common_headers(*refused, false);
            co_return std::move(*refused);
        }
    }
    if (options) {
        http::Response response = empty_reply(200);
        add_common_headers(response, true);
        co_return response;
    }
    if (version < api::ApiVersion::parse(found.route->since)) {
        http::Response response =
            error_reply(fail(ErrorKind::invalid, "{} {} requires minimum API version {}",
                             found.route->method, found.route->pattern, found.route->since));
        add_common_headers(response, true);
        co_return response;
    }
    Call call{request, version, std::move(found.params), engine_};
    auto result = co_await found.route->handler(call);
    http::Response response = result ? *std::move(result) : error_reply(result.error());
    log::debug("method={} target={} status={}", request.method, request.target, response.status);
    // An attach answers with its own head alone (behaviour: c.1), and so does a websocket.
    const std::string_view operation = found.route->operation;
    const bool own_head = operation == "ContainerAttach" ||
                          (operation == "ContainerAttachWebsocket" &&
                           std::holds_alternative<http::UpgradeBody>(response.body));
    if (!own_head) {
        add_common_headers(response, true);
    }
    co_return response;
}

}  // namespace wherry::server
