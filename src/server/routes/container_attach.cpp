#include <functional>
#include <memory>

#include "base/log.hpp"
#include "base/text.hpp"
#include "engine/containers/containers.hpp"
#include "engine/containers/detach_keys.hpp"
#include "net/http/websocket.hpp"
#include "server/engine.hpp"
#include "server/reply.hpp"
#include "server/routes/containers.hpp"

namespace wherry::server {

namespace {

Task<> say(std::string text, std::unique_ptr<http::RawStream> stream) {
    const auto said = co_await stream->write(text);
    if (!said) {
        log::debug("attach: its error was not read: {}", said.error().message());
    }
}

/// Errors before the hijack are plain text on a raw stream, under a head of nothing but the type,
/// as the reference writes them.
http::Response plain_error(const Error& error) {
    http::Response response;
    response.status = error.status();
    response.headers.set("Content-Type", "application/vnd.docker.raw-stream");
    response.body = [text = error.message() + "\r\n"](std::unique_ptr<http::RawStream> stream) {
        return say(text, std::move(stream));
    };
    return response;
}

/// What the connection's owner needs; shared, since an upgrade's function may be copied.
struct AttachRun {
    containers::Containers& containers;
    containers::ContainerPtr container;
    containers::AttachOptions options;
};

Task<> serve(std::shared_ptr<AttachRun> run, std::unique_ptr<http::RawStream> stream) {
    std::function<Task<>(std::unique_ptr<http::RawStream>)> attach =
        [run](std::unique_ptr<http::RawStream> given) {
            return run->containers.attach(run->container, run->options, std::move(given));
        };
    co_await async::with_socket(std::move(stream), std::move(attach));
}

Result<containers::AttachOptions> attach_options(const Call& call) {
    containers::AttachOptions options;
    options.logs = call.query().flag("logs");
    options.stream = call.query().flag("stream");
    options.standard_input = call.query().flag("stdin");
    options.standard_output = call.query().flag("stdout");
    options.standard_error = call.query().flag("stderr");
    TRY(options.detach_keys, containers::parse_detach_keys(call.query().get("detachKeys")));
    return options;
}

Result<containers::ContainerPtr> attachable(const Call& call) {
    TRY(auto container, call.engine.containers().get(call.param(0)));
    CHECK_OK(containers::check_allowed(containers::Operation::attach, container->status(),
                                       container->named(call.param(0))));
    return container;
}

}  // namespace

Task<Result<http::Response>> container_attach(Call& call) {
    auto options = attach_options(call);
    if (!options) {
        co_return std::move(options).error();
    }
    auto container = attachable(call);
    if (!container) {
        co_return plain_error(container.error());
    }
    CO_CHECK_OK(co_await (*container)->restored.wait());
    const bool upgrade = call.request.headers.has("Upgrade");
    const bool terminal = (*container)->record.config.tty;
    if (!terminal) {
        options->detach_keys.clear();
    }
    http::Response response;
    if (upgrade) {
        response.status = 101;
        response.reason = "UPGRADED";
        response.headers.set("Content-Type",
                             std::string(stream_content_type(terminal, call.version)));
        response.headers.set("Connection", "Upgrade");
        response.headers.set("Upgrade", "tcp");
    } else {
        response.headers.set("Content-Type", "application/vnd.docker.raw-stream");
    }
    const auto run = std::make_shared<AttachRun>(
        AttachRun{call.engine.containers(), std::move(*container), std::move(*options)});
    response.body = [run](std::unique_ptr<http::RawStream> stream) {
        return serve(run, std::move(stream));
    };
    co_return response;
}

Task<Result<http::Response>> container_attach_websocket(Call& call) {
    auto read = attach_options(call);
    if (!read) {
        // In fewer words than where there is a terminal's stream.
        co_return fail(ErrorKind::invalid, "Invalid detach keys ({}) provided",
                       call.query().get("detachKeys"));
    }
    containers::AttachOptions options = *std::move(read);
    CO_TRY(auto container, attachable(call));
    CO_CHECK_OK(co_await container->restored.wait());
    options.framed = false;
    if (call.version < api::ApiVersion(1, 42)) {
        options.standard_input = options.standard_output = options.standard_error = true;
    }
    if (!container->record.config.tty) {
        options.detach_keys.clear();
    }
    const auto kind = call.version < api::ApiVersion(1, 28) ? http::WebsocketData::text
                                                            : http::WebsocketData::binary;
    http::Response response = http::accept_websocket(call.request);
    if (response.status != 101) {
        co_return response;
    }
    const auto run = std::make_shared<AttachRun>(
        AttachRun{call.engine.containers(), std::move(container), std::move(options)});
    response.body = [run, kind](std::unique_ptr<http::RawStream> stream) {
        return serve(run, http::make_websocket(std::move(stream), kind));
    };
    co_return response;
}

}  // namespace wherry::server
