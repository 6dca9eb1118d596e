#include "codec/json/json.hpp"
#include "engine/containers/containers.hpp"
#include "server/engine.hpp"
#include "server/reply.hpp"
#include "server/routes/containers.hpp"

namespace wherry::server {

namespace {

Result<containers::WaitCondition> condition_of(const Call& call) {
    const std::string_view text = call.query().get("condition");
    if (call.version < api::ApiVersion(1, 30) || text.empty() || text == "not-running") {
        return containers::WaitCondition::not_running;
    }
    if (text == "next-exit") {
        return containers::WaitCondition::next_exit;
    }
    if (text == "removed") {
        return containers::WaitCondition::removed;
    }
    return fail(ErrorKind::invalid, "invalid condition: \"{}\"", text);
}

std::string result_text(const containers::WaitResult& result) {
    api::ContainerWaitResponse out;
    out.status_code = result.status;
    if (!result.error.empty()) {
        out.error.emplace();
        out.error->message = result.error;
    }
    return json::encode(out) + "\n";
}

/// What the reply's body needs; shared, since the body's function may be copied.
struct WaitReply {
    containers::Containers& containers;
    containers::ContainerPtr container;
    containers::WaitCondition condition;
    std::uint64_t exits_before;
    bool silent_on_failure;  ///< before 1.34, a removal that failed was told by an empty body
};

Task<Result<>> write_body(std::shared_ptr<WaitReply> reply, http::BodyWriter& out) {
    CO_TRY(const auto result, co_await reply->containers.wait(reply->container, reply->condition,
                                                              reply->exits_before));
    if (reply->silent_on_failure && reply->condition == containers::WaitCondition::removed &&
        !result.error.empty()) {
        co_return Result<>();
    }
    const std::string text = result_text(result);
    co_return co_await out.write(text);
}

}  // namespace

Task<Result<http::Response>> container_wait(Call& call) {
    containers::Containers& containers = call.engine.containers();
    CO_TRY(const auto condition, condition_of(call));
    CO_TRY(const auto container, containers.get(call.param(0)));
    // Counted before the head goes out: what ends after the client has read it is not missed.
    const std::uint64_t exits_before = container->exits;
    if (call.version < api::ApiVersion(1, 30)) {
        CO_TRY(const auto result, co_await containers.wait(container, condition, exits_before));
        http::Response response;
        response.headers.set("Content-Type", "application/json");
        response.body = result_text(result);
        co_return response;
    }
    const bool silent = call.version < api::ApiVersion(1, 34);
    const auto reply = std::make_shared<WaitReply>(
        WaitReply{containers, container, condition, exits_before, silent});
    co_return stream_reply("application/json",
                           [reply](http::BodyWriter& out) { return write_body(reply, out); });
}

}  // namespace wherry::server
