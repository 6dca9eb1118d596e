#include "server/routes/volumes.hpp"

#include "engine/volumes/catalog.hpp"
#include "server/engine.hpp"
#include "server/reply.hpp"

namespace wherry::server {

Task<Result<http::Response>> volume_list(Call& call) {
    CO_TRY(const auto filters, api::Filters::parse(call.query().get("filters")));
    CO_TRY(auto volumes, call.engine.volumes().list(filters));
    api::VolumeListResponse out;
    out.volumes = api::List<api::Volume>(std::move(volumes));
    co_return json_reply(200, out);
}

Task<Result<http::Response>> volume_inspect(Call& call) {
    CO_TRY(const auto volume, call.engine.volumes().get(call.param(0)));
    co_return json_reply(200, volume);
}

Task<Result<http::Response>> volume_create(Call& call) {
    CO_TRY(auto request, co_await read_json<api::VolumeCreateRequest>(call.request));
    CO_TRY(const auto volume, co_await call.engine.volumes().create(std::move(request)));
    co_return json_reply(201, volume);
}

Task<Result<http::Response>> volume_delete(Call& call) {
    const Result<> removed = co_await call.engine.volumes().remove(call.param(0));
    const bool force = call.query().flag("force");
    if (!removed && !(force && removed.error().status() == 404)) {
        co_return removed.error();
    }
    co_return empty_reply(204);
}

Task<Result<http::Response>> volume_prune(Call& call) {
    CO_TRY(auto filters, api::Filters::parse(call.query().get("filters")));
    // Before 1.42 named volumes went too.
    const bool all = call.version < api::ApiVersion(1, 42);
    CO_TRY(const auto out, co_await call.engine.volumes().prune(std::move(filters), all));
    co_return json_reply(200, out);
}

Task<Result<http::Response>> volume_update(Call& /*call*/) {
    co_return Error(ErrorKind::unavailable,
                    "volume update only valid for cluster volumes, but swarm is unavailable");
}

}  // namespace wherry::server
