#include "server/routes/networks.hpp"

#include "api/filters.hpp"
#include "engine/networks/catalog.hpp"
#include "engine/networks/records.hpp"
#include "server/engine.hpp"
#include "server/reply.hpp"

namespace wherry::server {

Task<Result<http::Response>> network_list(Call& call) {
    CO_TRY(const auto filters, api::Filters::parse(call.query().get("filters")));
    networks::Networks& networks = call.engine.networks();
    co_await networks.settled();
    CO_TRY(auto found, networks.list(filters));
    const bool old = call.version < api::ApiVersion(1, 28);
    for (api::Network& network : found) {
        if (old) {
            CO_TRY(network, networks.inspect(network.id));
        }
    }
    const api::List<api::Network> list(std::move(found));
    if (call.version < api::ApiVersion(1, 52)) {
        co_return json_reply(200, list);
    }
    // Summaries without the member from here on.
    CO_TRY(const auto document, json::Value::parse(json::encode(list)));
    json::Array shown;
    for (json::Value network : document.as_array()) {
        network.erase("Containers");
        shown.push_back(std::move(network));
    }
    co_return json_text(200, json::Value(std::move(shown)).dump());
}

Task<Result<http::Response>> network_inspect(Call& call) {
    networks::Networks& networks = call.engine.networks();
    co_await networks.settled();
    const std::string_view scope = call.query().get("scope");
    CO_TRY(auto network, networks.inspect(call.param(0)));
    if (!scope.empty() && scope != network.scope) {
        co_return fail(ErrorKind::not_found, "network {} not found", call.param(0));
    }
    if (call.version < api::ApiVersion(1, 52)) {
        co_return json_reply(200, network);
    }
    api::NetworkInspect out;
    out.status = networks.status(network.id);
    static_cast<api::Network&>(out) = std::move(network);
    co_return json_reply(200, out);
}

Task<Result<http::Response>> network_create(Call& call) {
    CO_TRY(const auto request, co_await read_json<api::NetworkCreateRequest>(call.request));
    if (request.name.empty()) {
        co_return Error(ErrorKind::invalid, "invalid name: name is empty");
    }
    if (networks::is_predefined(request.name)) {
        // The reference's text ends with this space.
        co_return fail(ErrorKind::denied, "operation is not permitted on predefined {} network ",
                       request.name);
    }
    co_return Error(ErrorKind::unsupported, "user-defined networks are not built yet");
}

Task<Result<http::Response>> network_delete(Call& call) {
    CO_TRY(const auto network, call.engine.networks().resolve(call.param(0)));
    co_return fail(ErrorKind::denied, "{} is a pre-defined network and cannot be removed",
                   network.name);
}

}  // namespace wherry::server
