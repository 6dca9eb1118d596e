#include "api/reference.hpp"
#include "sdk/by_hand.hpp"
#include "sdk/streams.hpp"

namespace wherry::sdk {

Task<Result<Ping>> ping(CorePtr core, CallOptions options) {
    Call call("SystemPing", "GET", "/_ping", "");
    call.versioned = false;
    CO_TRY(const auto reply,
           co_await call_reply(std::move(core), std::move(call), std::move(options)));
    const auto field = [&](const char* name) { return std::string(reply.headers.get(name)); };
    Ping answer;
    answer.api_version = field("Api-Version");
    answer.os_type = field("Ostype");
    answer.builder_version = field("Builder-Version");
    answer.server = field("Server");
    answer.swarm = field("Swarm");
    answer.experimental = field("Docker-Experimental") == "true";
    co_return answer;
}

Task<Result<std::string>> api_version(CorePtr core, CallOptions options) {
    auto task = core->version_for(options);
    auto version = co_await guarded(std::move(task), std::move(options));
    co_return version;
}

Task<Result<RawReply>> raw_call(CorePtr core, RawCall request, CallOptions options) {
    Call call("RawCall", request.method, request.path, "");
    call.query = std::move(request.query);
    call.body = std::move(request.body);
    if (!call.body.empty()) {
        call.headers.set("Content-Type", "application/json");
    }
    for (auto& [name, value] : request.headers) {
        call.headers.set(name, std::move(value));
    }
    CO_TRY(auto reply, co_await call_reply(std::move(core), std::move(call), std::move(options)));
    RawReply answer;
    answer.body = std::move(reply.body);
    answer.api_version = std::move(reply.version);
    for (const auto& [name, value] : reply.headers) {
        answer.headers.emplace_back(name, value);
    }
    co_return answer;
}

}  // namespace wherry::sdk
