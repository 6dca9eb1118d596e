#include "server/routes/containers.hpp"

#include "base/text.hpp"
#include "codec/json/reader.hpp"
#include "engine/containers/containers.hpp"
#include "server/engine.hpp"
#include "server/reply.hpp"
#include "server/routes/container_gates.hpp"

namespace wherry::server {

namespace {

/// docker-py's `create_container` puts the runtime beside the image, where no document has it.
struct CreateBody : api::ContainerCreateRequest {
    std::string runtime;
};

void fields(json::Reader& io, CreateBody& s) {
    fields(io, static_cast<api::ContainerCreateRequest&>(s));
    io.field("Runtime", s.runtime);
}

}  // namespace

std::string_view stream_content_type(bool terminal, api::ApiVersion version) {
    return terminal || version < api::ApiVersion(1, 42)
               ? "application/vnd.docker.raw-stream"
               : "application/vnd.docker.multiplexed-stream";
}

Task<Result<http::Response>> container_list(Call& call) {
    containers::ListOptions options;
    options.all = call.query().flag("all");
    options.size = call.query().flag("size");
    CO_TRY(options.limit, query_int(call.query(), "limit", 0));
    CO_TRY(auto filters, api::Filters::parse(call.query().get("filters")));
    CO_TRY(options.filter, containers::parse_list_filter(std::move(filters)));
    CO_TRY(auto list, co_await call.engine.containers().list(std::move(options)));
    for (api::ContainerSummary& summary : list) {
        gate_summary(summary, call.version);
    }
    co_return json_reply(200, list);
}

Task<Result<http::Response>> container_create(Call& call) {
    if (!call.request.chunked && call.request.content_length.value_or(0) == 0) {
        co_return Error(ErrorKind::invalid, "invalid JSON: got EOF while reading request body");
    }
    CO_TRY(auto request, co_await read_json<CreateBody>(call.request));
    std::vector<std::string> warnings;
    CO_CHECK_OK(gate_create(request, call.version, warnings));
    containers::CreateOptions options;
    options.name = call.query().get("name");
    if (call.version >= api::ApiVersion(1, 41)) {
        options.platform = call.query().get("platform");
    }
    options.runtime = std::move(request.runtime);
    CO_TRY(auto created,
           co_await call.engine.containers().create(std::move(options), std::move(request)));
    warnings.insert(warnings.end(), created.warnings.begin(), created.warnings.end());
    api::ContainerCreateResponse out;
    out.id = std::move(created.id);
    out.warnings = std::move(warnings);
    co_return json_reply(201, out);
}

Task<Result<http::Response>> container_inspect(Call& call) {
    const bool size = call.query().flag("size");
    CO_TRY(auto view, co_await call.engine.containers().inspect(call.param(0), size));
    gate_inspect(view, call.version);
    CO_TRY(std::string text, inspect_text(view, call.version));
    co_return json_text(200, std::move(text));
}

Task<Result<http::Response>> container_start(Call& call) {
    constexpr std::uint64_t longest_empty_body = 7;
    if (call.request.chunked || call.request.content_length.value_or(0) > longest_empty_body) {
        co_return Error(ErrorKind::invalid,
                        "starting container with non-empty request body was deprecated since API "
                        "v1.22 and removed in v1.24");
    }
    CO_CHECK_OK(co_await call.engine.containers().start(call.param(0)));
    co_return empty_reply(204);
}

namespace {

/// `t` and `signal` of stop and restart.
Result<containers::StopOptions> stop_options(const Call& call) {
    containers::StopOptions options;
    if (call.version >= api::ApiVersion(1, 42)) {
        options.signal = call.query().get("signal");
    }
    const std::string_view text = call.query().get("t");
    if (!text.empty()) {
        const auto seconds = text::parse_int(text);
        if (!seconds) {
            return fail(ErrorKind::internal, "strconv.Atoi: parsing \"{}\": invalid syntax", text);
        }
        options.timeout_s = seconds;
    }
    return options;
}

}  // namespace

Task<Result<http::Response>> container_stop(Call& call) {
    CO_TRY(auto options, stop_options(call));
    CO_CHECK_OK(co_await call.engine.containers().stop(call.param(0), std::move(options)));
    co_return empty_reply(204);
}

Task<Result<http::Response>> container_restart(Call& call) {
    CO_TRY(auto options, stop_options(call));
    CO_CHECK_OK(co_await call.engine.containers().restart(call.param(0), std::move(options)));
    co_return empty_reply(204);
}

Task<Result<http::Response>> container_kill(Call& call) {
    std::string signal(call.query().get("signal"));
    auto killed = co_await call.engine.containers().kill(call.param(0), std::move(signal));
    if (!killed) {
        const bool unknown = killed.error().kind() == ErrorKind::not_found;
        co_return unknown ? std::move(killed).error().in("cannot kill container: " + call.param(0))
                          : std::move(killed).error();
    }
    co_return empty_reply(204);
}

Task<Result<http::Response>> container_rename(Call& call) {
    std::string name(call.query().get("name"));
    CO_CHECK_OK(co_await call.engine.containers().rename(call.param(0), std::move(name)));
    co_return empty_reply(204);
}

Task<Result<http::Response>> container_update(Call& call) {
    CO_TRY(auto request, co_await read_json<api::ContainerUpdateRequest>(call.request));
    gate_update(request, call.version);
    CO_TRY(auto warnings,
           co_await call.engine.containers().update(call.param(0), std::move(request)));
    api::ContainerUpdateResponse out;
    for (std::string& warning : warnings) {
        out.warnings.push_back(std::move(warning));
    }
    co_return json_reply(200, out);
}

Task<Result<http::Response>> container_pause(Call& call) {
    CO_CHECK_OK(co_await call.engine.containers().pause(call.param(0)));
    co_return empty_reply(204);
}

Task<Result<http::Response>> container_unpause(Call& call) {
    CO_CHECK_OK(co_await call.engine.containers().unpause(call.param(0)));
    co_return empty_reply(204);
}

Result<unsigned> resize_size(const Call& call, std::string_view key, std::string_view what) {
    const std::string_view text = call.query().get(key);
    const auto value = text::parse_int<std::uint32_t>(text);
    if (!value) {
        const bool digits =
            !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
        return fail(ErrorKind::invalid, "invalid resize {} \"{}\": {}", what, text,
                    digits ? "value out of range" : "invalid syntax");
    }
    return *value;
}

Task<Result<http::Response>> container_resize(Call& call) {
    CO_TRY(const unsigned height, resize_size(call, "h", "height"));
    CO_TRY(const unsigned width, resize_size(call, "w", "width"));
    CO_CHECK_OK(co_await call.engine.containers().resize(call.param(0), height, width));
    co_return empty_reply(200);
}

Task<Result<http::Response>> container_delete(Call& call) {
    containers::RemoveOptions options;
    options.force = call.query().flag("force");
    options.volumes = call.query().flag("v");
    options.link = call.query().flag("link");
    CO_CHECK_OK(co_await call.engine.containers().remove(call.param(0), options));
    co_return empty_reply(204);
}

Task<Result<http::Response>> container_prune(Call& call) {
    CO_TRY(auto filters, api::Filters::parse(call.query().get("filters")));
    CO_TRY(auto filter, containers::parse_prune_filter(std::move(filters), now()));
    CO_TRY(const auto pruned, co_await call.engine.containers().prune(std::move(filter)));
    api::ContainerPruneResponse out;
    for (const std::string& id : pruned.ids) {
        out.containers_deleted.push_back(id);
    }
    out.space_reclaimed = static_cast<std::int64_t>(pruned.bytes);
    co_return json_reply(200, out);
}

}  // namespace wherry::server
