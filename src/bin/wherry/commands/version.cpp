// The client's and the server's versions, in the docker command's layout.
#include <cstdlib>
#include <vector>

#include "base/clock.hpp"
#include "base/text.hpp"
#include "bin/wherry/command.hpp"
#include "bin/wherry/words.hpp"
#include "codec/json/value.hpp"

namespace wherry::command {

namespace {

#ifdef __clang__
constexpr std::string_view compiler = "clang " __clang_version__;
#else
constexpr std::string_view compiler = "gcc " __VERSION__;
#endif
constexpr std::string_view newest_api = "1.55";

/// " Version:           28.5.2", aligned at column 20.
std::string line(std::size_t indent, std::string_view key, std::string_view value) {
    constexpr std::size_t column = 20;
    std::string out(indent, ' ');
    out.append(key).append(":");
    out.append(out.size() < column ? column - out.size() : 1, ' ');
    return out.append(value).append("\n");
}

std::string client_block(const std::string& api) {
    std::string out = "Client:\n";
    const std::string negotiated =
        api == newest_api ? api : text::format("{} (downgraded from {})", api, newest_api);
    out += line(1, "Version", "0.1.0");
    out += line(1, "API version", negotiated);
    out += line(1, "Compiler", text::trim(compiler.substr(0, compiler.find('('))));
    out += line(1, "OS/Arch", "linux/amd64");
    return out;
}

std::string detail(const json::Value& details, std::string_view key) {
    return details.text(key);
}

std::string engine_block(std::string_view version, const json::Value& details) {
    std::string out = line(2, "Version", version);
    out += line(2, "API version",
                text::format("{} (minimum version {})", detail(details, "ApiVersion"),
                             detail(details, "MinAPIVersion")));
    out += line(2, "Go version", detail(details, "GoVersion"));
    out += line(2, "Git commit", detail(details, "GitCommit"));
    out += line(2, "Built", build_time(detail(details, "BuildTime")));
    out += line(2, "OS/Arch", detail(details, "Os") + "/" + detail(details, "Arch"));
    out += line(2, "Experimental", detail(details, "Experimental"));
    return out;
}

/// Daemons before 1.35 list no components.
api::SystemVersionComponents engine_of(const api::SystemVersion& server) {
    api::SystemVersionComponents engine;
    engine.name = "Engine";
    engine.version = server.version;
    engine.details = json::Value(json::Object());
    engine.details.set("ApiVersion", server.api_version);
    engine.details.set("MinAPIVersion", server.min_api_version);
    engine.details.set("GoVersion", server.go_version);
    engine.details.set("GitCommit", server.git_commit);
    engine.details.set("BuildTime", server.build_time);
    engine.details.set("Os", server.os);
    engine.details.set("Arch", server.arch);
    engine.details.set("Experimental", server.experimental ? "true" : "false");
    return engine;
}

std::string server_block(const api::SystemVersion& server) {
    std::string out = "\nServer:";
    out += server.platform.name.empty() ? "\n" : " " + server.platform.name + "\n";
    auto components = server.components;
    if (components.empty()) {
        components.push_back(engine_of(server));
    }
    for (const auto& component : components) {
        out += " " + component.name + ":\n";
        if (component.name == "Engine") {
            out += engine_block(component.version, component.details);
            continue;
        }
        out += line(2, "Version", component.version);
        for (const auto& [key, value] : component.details.as_object()) {
            out += line(2, key, value.as_string());
        }
    }
    return out;
}

}  // namespace

int version(const Context& context) {
    Flags flags;
    const auto parsed = parse(context, flags, {.least = 0, .most = 0});
    if (parsed.exit_code) {
        return *parsed.exit_code;
    }
    const Client client = context.connect();
    const auto api = client.api_version();
    print(client_block(api ? *api : std::string(newest_api)));
    const auto server = client.version();
    if (!server) {
        return report(server.error());
    }
    print(server_block(*server));
    return 0;
}

}  // namespace wherry::command
