// What containers use, and which processes they have.
#include "engine/containers/stats.hpp"

#include "engine/containers/containers.hpp"
#include "server/engine.hpp"
#include "server/reply.hpp"
#include "server/routes/containers.hpp"

namespace wherry::server {

namespace {

/// What the reply's body needs; shared, since the body's function may be copied.
struct StatsReply {
    containers::Containers& containers;
    containers::ContainerPtr container;
    containers::StatsQuery query;
    bool tells_os = false;
};

std::string sample_text(api::ContainerStatsResponse sample, bool tells_os) {
    if (tells_os) {
        sample.os_type = "linux";
    }
    std::string line = json::encode(sample);
    line.push_back('\n');
    return line;
}

Task<Result<>> write_samples(std::shared_ptr<StatsReply> reply, http::BodyWriter& out) {
    // Lives as long as the samples are taken.
    std::string line;
    containers::TakeStats take = [&](api::ContainerStatsResponse sample) {
        line = sample_text(std::move(sample), reply->tells_os);
        return out.write(line);
    };
    co_return co_await containers::sample_stats(reply->containers, reply->container, reply->query,
                                                std::move(take));
}

Task<Result<>> keep_sample(api::ContainerStatsResponse sample, bool tells_os, std::string& text) {
    text = sample_text(std::move(sample), tells_os);
    co_return Result<>();
}

}  // namespace

Task<Result<http::Response>> container_stats(Call& call) {
    containers::Containers& containers = call.engine.containers();
    CO_TRY(auto container, co_await containers.get_settled(call.param(0)));
    containers::StatsQuery query;
    query.stream = call.query().flag("stream", true);
    query.one_shot = call.version >= api::ApiVersion(1, 41) && call.query().flag("one-shot");
    const auto reply = std::make_shared<StatsReply>(StatsReply{
        containers, std::move(container), query, call.version >= api::ApiVersion(1, 52)});
    if (query.stream) {
        co_return stream_reply("application/json", [reply](http::BodyWriter& out) {
            return write_samples(reply, out);
        });
    }
    std::string text;
    containers::TakeStats take = [&](api::ContainerStatsResponse sample) {
        return keep_sample(std::move(sample), reply->tells_os, text);
    };
    CO_CHECK_OK(
        co_await containers::sample_stats(containers, reply->container, query, std::move(take)));
    text.pop_back();
    co_return json_text(200, std::move(text));
}

Task<Result<http::Response>> container_top(Call& call) {
    std::string ps_args(call.query().get("ps_args"));
    CO_TRY(const auto table,
           co_await call.engine.containers().top(call.param(0), std::move(ps_args)));
    co_return json_reply(200, table);
}

}  // namespace wherry::server
