#include "server/routes/system.hpp"

#include "api/generated/system.hpp"
#include "os/host.hpp"
#include "server/build_info.hpp"
#include "server/engine.hpp"
#include "server/reply.hpp"

namespace wherry::server {

namespace {

json::Value engine_details(const Call& call, const os::HostFacts& host) {
    json::Value details;
    details.set("ApiVersion", api::newest_version.text());
    details.set("Arch", os::go_architecture(host.machine));
    details.set("BuildTime", build_time());
    details.set("Experimental", call.engine.config().experimental ? "true" : "false");
    details.set("GitCommit", git_commit());
    details.set("GoVersion", compiler());
    details.set("KernelVersion", host.kernel_version);
    details.set("MinAPIVersion", call.engine.config().min_api_version);
    details.set("Os", "linux");
    return details;
}

api::SystemVersionComponents component(std::string name, std::string_view version,
                                       json::Value details) {
    api::SystemVersionComponents out;
    out.name = std::move(name);
    out.version = version;
    out.details = std::move(details);
    return out;
}

json::Value commit_details(std::string_view commit) {
    json::Value details;
    details.set("GitCommit", commit);
    return details;
}

}  // namespace

Task<Result<http::Response>> system_ping(Call& call) {
    http::Response response = text_reply(200, call.request.method == "HEAD" ? "" : "OK");
    response.headers.set("Builder-Version", "1");
    response.headers.set("Cache-Control", "no-cache, no-store, must-revalidate");
    response.headers.set("Pragma", "no-cache");
    response.headers.set("Swarm", "inactive");
    co_return response;
}

Task<Result<http::Response>> system_version(Call& call) {
    const os::HostFacts host = os::host_facts();
    api::SystemVersion out;
    out.platform.name = "wherry";
    out.components.push_back(component("Engine", engine_version(), engine_details(call, host)));
    out.components.push_back(
        component("wherry-monitor", wherry_version(), commit_details(git_commit())));
    const RuntimeFacts& runtime = call.engine.runtime();
    out.components.push_back(
        component(runtime.name, runtime.version, commit_details(runtime.commit)));
    out.version = engine_version();
    out.api_version = api::newest_version.text();
    out.min_api_version = call.engine.config().min_api_version;
    out.git_commit = git_commit();
    out.go_version = compiler();
    out.os = "linux";
    out.arch = os::go_architecture(host.machine);
    out.kernel_version = host.kernel_version;
    out.experimental = call.engine.config().experimental;
    out.build_time = build_time();
    co_return json_reply(200, out);
}

}  // namespace wherry::server
