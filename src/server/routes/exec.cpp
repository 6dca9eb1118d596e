#include "server/routes/exec.hpp"

#include <memory>

#include "engine/containers/containers.hpp"
#include "server/engine.hpp"
#include "server/reply.hpp"
#include "server/routes/containers.hpp"

namespace wherry::server {

namespace {

constexpr api::ApiVersion console_size_since(1, 42);

/// What the connection's owner needs; shared, since an upgrade's function may be copied.
struct ExecRun {
    containers::Containers& containers;
    containers::ExecPtr exec;
    containers::ExecStartOptions options;
};

Task<> serve(std::shared_ptr<ExecRun> run, std::unique_ptr<http::RawStream> stream) {
    co_await run->containers.exec_attach(run->exec, run->options, std::move(stream));
}

http::Response hijacked(const Call& call, std::shared_ptr<ExecRun> run) {
    http::Response response;
    if (call.request.headers.has("Upgrade")) {
        response.status = 101;
        response.reason = "UPGRADED";
        const auto type = stream_content_type(run->options.tty, call.version);
        response.headers.set("Content-Type", std::string(type));
        response.headers.set("Connection", "Upgrade");
        response.headers.set("Upgrade", "tcp");
    } else {
        response.headers.set("Content-Type", "application/vnd.docker.raw-stream");
    }
    response.body = [run = std::move(run)](std::unique_ptr<http::RawStream> stream) {
        return serve(run, std::move(stream));
    };
    return response;
}

}  // namespace

Task<Result<http::Response>> exec_create(Call& call) {
    CO_TRY(auto request, co_await read_json<api::ExecCreateRequest>(call.request));
    if (request.cmd.empty()) {
        co_return Error(ErrorKind::invalid, "No exec command specified");
    }
    if (call.version < console_size_since) {
        request.console_size.set_null();
    }
    api::IDResponse out;
    CO_TRY(out.id,
           co_await call.engine.containers().exec_create(call.param(0), std::move(request)));
    co_return json_reply(201, out);
}

Task<Result<http::Response>> exec_start(Call& call) {
    CO_TRY(auto request, co_await read_json<api::ExecStartRequest>(call.request));
    containers::Containers& containers = call.engine.containers();
    CO_TRY(auto exec, co_await containers.get_exec(call.param(0)));
    if (request.detach) {
        CO_CHECK_OK(co_await containers.exec_start(std::move(exec)));
        co_return empty_reply(200);
    }
    containers::ExecStartOptions options;
    options.tty = request.tty;
    if (call.version >= console_size_since && request.tty) {
        options.console_size = std::move(request.console_size);
    }
    auto run = std::make_shared<ExecRun>(ExecRun{containers, std::move(exec), std::move(options)});
    co_return hijacked(call, std::move(run));
}

Task<Result<http::Response>> exec_resize(Call& call) {
    CO_TRY(const unsigned height, resize_size(call, "h", "height"));
    CO_TRY(const unsigned width, resize_size(call, "w", "width"));
    CO_CHECK_OK(co_await call.engine.containers().exec_resize(call.param(0), height, width));
    co_return empty_reply(200);
}

Task<Result<http::Response>> exec_inspect(Call& call) {
    CO_TRY(const auto view, co_await call.engine.containers().exec_inspect(call.param(0)));
    co_return json_reply(200, view);
}

}  // namespace wherry::server
