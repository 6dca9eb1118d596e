#include "sdk/core.hpp"

#include <algorithm>

#include "api/error_body.hpp"
#include "base/log.hpp"
#include "sdk/failure.hpp"

namespace wherry::sdk {

namespace {

constexpr std::size_t reply_limit = std::size_t{1} << 30;
constexpr std::size_t error_limit = std::size_t{1} << 20;
constexpr std::string_view user_agent = "wherry-sdk/0.1.0 (linux)";
/// What a daemon speaks that does not say what it speaks.
constexpr std::string_view silent_version = "1.24";

http::ClientOptions transport_options(const Timeouts& timeouts) {
    http::ClientOptions options;
    options.timeouts.connect = timeouts.connect;
    options.timeouts.tls = timeouts.tls;
    options.timeouts.first_byte = timeouts.first_byte;
    options.timeouts.idle = timeouts.idle;
    return options;
}

/// Gives a body piece by piece to the connection; owns what it reads from.
http::StreamBody stream_of(Upload upload) {
    return [upload = std::move(upload)](http::BodyWriter& writer) {
        return send_upload(upload, writer);
    };
}

bool older(const std::string& version, const std::string& needed) {
    return api::ApiVersion::parse(version) < api::ApiVersion::parse(needed);
}

}  // namespace

Core::Core(ClientOptions options, const Environment& environment)
    : options_(std::move(options)), endpoint_(resolve_endpoint(options_, environment)) {
    pinned_ = options_.api_version;
    if (pinned_.empty()) {
        pinned_ = environment("DOCKER_API_VERSION").value_or("");
    }
    while (pinned_.starts_with('v')) {
        pinned_.erase(0, 1);
    }
}

Core::Core(ClientOptions options, http::Endpoint transport, std::string name)
    : options_(std::move(options)),
      endpoint_(Endpoint{.text = std::move(name), .source = "the program"}),
      transport_(std::move(transport)),
      pinned_(options_.api_version) {}

std::string Core::explain() const {
    if (!endpoint_) {
        return endpoint_.error().message();
    }
    std::string text = endpoint_->text + ", from " + endpoint_->source;
    if (endpoint_->tls) {
        text += endpoint_->tls_verify ? ", with TLS" : ", with TLS that is not verified";
    }
    if (!pinned_.empty()) {
        text += "; API version " + pinned_ + ", pinned";
    } else if (!negotiated_.empty()) {
        text += "; API version " + negotiated_ + ", negotiated";
    }
    return text;
}

Task<Result<http::Client*>> Core::transport() {
    if (!endpoint_) {
        co_return endpoint_.error();
    }
    if (!transport_) {
        CO_TRY(transport_, transport_of(*endpoint_));
    }
    const async::Executor executor = co_await boost::asio::this_coro::executor;
    if (!client_ || executor != executor_) {
        client_ = std::make_unique<http::Client>(executor, *transport_,
                                                 transport_options(options_.timeouts));
        executor_ = executor;
    }
    co_return client_.get();
}

Task<Result<http::ClientResponse>> Core::ask_ping() {
    CO_TRY(http::Client * client, co_await transport());
    http::ClientRequest head;
    head.method = "HEAD";
    head.target = endpoint_->prefix + "/_ping";
    head.headers.set("User-Agent", std::string(user_agent));
    http::ClientRequest get = head;
    get.method = "GET";
    CO_TRY(auto answer, co_await client->send(std::move(head)));
    if (answer.status == 200) {
        co_return answer;
    }
    CO_TRY(auto second, co_await client->send(std::move(get)));
    const auto rest = co_await second.body->read_all(error_limit);
    if (!rest) {
        co_return rest.error();
    }
    co_return second;
}

Task<Result<std::string>> Core::negotiate() {
    CO_TRY(const auto guard, co_await negotiating_.lock());
    if (!negotiated_.empty()) {
        co_return negotiated_;
    }
    const Call ping("SystemPing", "GET", "/_ping", "");
    auto answer = co_await ask_ping();
    if (!answer) {
        co_return decorate(std::move(answer).error(), ping, "");
    }
    server_version_ = answer->headers.get("Api-Version");
    std::string version = server_version_.empty() ? std::string(silent_version) : server_version_;
    if (api::ApiVersion::parse(version) > api::newest_version) {
        version = api::newest_version.text();
    }
    if (api::ApiVersion::parse(version) < api::lowest_version) {
        auto error = fail(ErrorKind::unsupported,
                          "the daemon serves API versions up to {}, this client needs {} at least",
                          version, api::lowest_version.text());
        co_return decorate(std::move(error), ping, version);
    }
    negotiated_ = version;
    co_return version;
}

Task<Result<std::string>> Core::version_for(CallOptions options) {
    if (!options.api_version.empty()) {
        co_return options.api_version;
    }
    if (!pinned_.empty()) {
        co_return pinned_;
    }
    if (!negotiated_.empty()) {
        co_return negotiated_;
    }
    auto version = co_await negotiate();
    co_return version;
}

Result<> Core::apply_gates(Call& call, const std::string& version) const {
    const bool strict = options_.gate == Gate::strict;
    if (strict && !call.minimum.empty() && older(version, call.minimum)) {
        return decorate(fail(ErrorKind::unsupported, "{} needs API version {}, {} is in force",
                             call.operation, call.minimum, version),
                        call, version);
    }
    for (const auto& gated : call.gates) {
        if (!older(version, gated.since)) {
            continue;
        }
        if (strict) {
            return decorate(
                fail(ErrorKind::unsupported, "{} of {} needs API version {}, {} is in force",
                     gated.name, call.operation, gated.since, version),
                call, version);
        }
        log::info("left out operation={} parameter={} needs={} api_version={}", call.operation,
                  gated.name, gated.since, version);
        if (gated.in_query) {
            std::erase_if(call.query, [&](const auto& field) { return field.first == gated.name; });
        }
    }
    return {};
}

Result<http::ClientRequest> Core::request(Call call, const CallOptions& options,
                                          const std::string& version) const {
    CHECK_OK(apply_gates(call, version));
    http::ClientRequest request;
    request.method = call.method;
    request.target = endpoint_->prefix;
    if (call.versioned) {
        request.target += "/v" + version;
    }
    request.target += call.path;
    if (!call.query.empty()) {
        http::Query query;
        for (auto& [name, value] : call.query) {
            query.add(name, std::move(value));
        }
        request.target += "?" + query.encode();
    }
    request.headers = call.headers;
    request.headers.set("User-Agent", std::string(user_agent));
    for (const auto& [name, value] : options_.headers) {
        request.headers.set(name, value);
    }
    for (const auto& [name, value] : options.headers) {
        request.headers.set(name, value);
    }
    if (call.stream_body) {
        request.content_length = call.stream_body->length();
        request.body = stream_of(*call.stream_body);
    } else {
        request.body = call.body;
    }
    return request;
}

Task<Result<Opened>> Core::send(const Call& call, const CallOptions& options, bool upgrade) {
    Opened opened;
    opened.stop = options.stop;
    if (call.versioned) {
        CO_TRY(opened.version, co_await version_for(options));
    }
    CO_TRY(http::Client * client, co_await transport());
    CO_TRY(auto message, request(call, options, opened.version));
    if (upgrade) {
        auto answer = co_await client->upgrade(std::move(message));
        if (!answer) {
            co_return decorate(std::move(answer).error(), call, opened.version);
        }
        opened.response = std::move(answer->response);
        opened.stream = std::move(answer->stream);
        co_return opened;
    }
    auto answer = co_await client->send(std::move(message));
    if (!answer) {
        co_return decorate(std::move(answer).error(), call, opened.version);
    }
    opened.response = std::move(*answer);
    co_return opened;
}

Task<Result<Opened>> Core::fail_with(Opened opened, const Call& call) {
    std::string body;
    if (opened.stream) {  // an error that came as a raw stream
        opened.stream->close();
    } else {
        auto text = co_await opened.response.body->read_all(error_limit);
        if (text) {
            body = std::move(*text);
        }
    }
    co_return daemon_error(opened.response.status, body, facts(call, opened.version));
}

Task<Result<Opened>> Core::open(Call call, CallOptions options, bool upgrade) {
    CO_TRY(auto opened, co_await send(call, options, upgrade));
    const int status = opened.response.status;
    if (status < 300 || status == 304) {
        co_return opened;
    }
    auto failed = co_await fail_with(std::move(opened), call);
    const bool renegotiate = status == 400 && !negotiated_.empty() && pinned_.empty() &&
                             options.api_version.empty() && !call.stream_body &&
                             is_version_refusal(failed.error().message());
    if (!renegotiate) {
        co_return failed;
    }
    negotiated_.clear();  // another daemon answers there now
    CO_TRY(auto again, co_await send(call, options, upgrade));
    if (again.response.status < 300 || again.response.status == 304) {
        co_return again;
    }
    auto final_failure = co_await fail_with(std::move(again), call);
    co_return final_failure;
}

ApiError Core::facts(const Call& call, const std::string& version) const {
    ApiError facts;
    facts.method = call.method;
    facts.path = call.path;
    facts.api_version = version;
    facts.server_api_version = server_version_;
    if (endpoint_) {
        facts.endpoint = endpoint_->text;
        facts.endpoint_source = endpoint_->source;
    }
    return facts;
}

Error Core::decorate(Error error, const Call& call, const std::string& version) const {
    if (error.kind() == ErrorKind::cancelled || error.detail() != nullptr) {
        return error;
    }
    return with_facts(std::move(error), facts(call, version));
}

namespace {

Task<Result<Reply>> read_reply(CorePtr core, Call call, CallOptions options) {
    CO_TRY(auto opened, co_await core->open(call, std::move(options), false));
    Reply reply;
    reply.version = std::move(opened.version);
    reply.headers = std::move(opened.response.headers);
    auto body = co_await opened.response.body->read_all(reply_limit);
    if (!body) {
        co_return core->decorate(std::move(body).error(), call, reply.version);
    }
    reply.body = std::move(*body);
    co_return reply;
}

}  // namespace

Task<Result<Reply>> call_reply(CorePtr core, Call call, CallOptions options) {
    auto task = read_reply(core, call, options);
    auto reply = co_await guarded(std::move(task), std::move(options));
    if (!reply) {
        co_return core->decorate(std::move(reply).error(), call, "");
    }
    co_return reply;
}

Task<Result<>> call_none(CorePtr core, Call call, CallOptions options) {
    const auto reply = co_await call_reply(std::move(core), std::move(call), std::move(options));
    if (!reply) {
        co_return reply.error();
    }
    co_return Result<>();
}

Task<Result<std::string>> call_text(CorePtr core, Call call, CallOptions options) {
    CO_TRY(auto reply, co_await call_reply(std::move(core), std::move(call), std::move(options)));
    co_return std::move(reply.body);
}

Error unreadable(const Core& core, const Call& call, const Reply& reply, const Error& why) {
    auto error = fail(ErrorKind::internal, "the daemon's reply to {} {} makes no sense: {}",
                      call.method, call.path, why.message());
    return core.decorate(std::move(error), call, reply.version);
}

}  // namespace wherry::sdk
