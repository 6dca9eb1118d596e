#include "sdk/context.hpp"

#include <utility>

#include "base/text.hpp"
#include "codec/json/value.hpp"
#include "os/file.hpp"
#include "sdk/digest.hpp"

namespace wherry::sdk {

namespace {

/// The name and where it was found; an empty name for the default context.
std::pair<std::string, std::string> current_name(const std::string& folder,
                                                 const std::string& given) {
    if (!given.empty()) {
        return {given, "DOCKER_CONTEXT"};
    }
    const auto text = os::read_file(folder + "/config.json");
    if (!text) {
        return {};
    }
    const auto config = json::Value::parse(*text);
    if (!config) {
        return {};
    }
    return {config->text("currentContext"), "config.json"};
}

}  // namespace

Result<std::optional<Context>> find_context(const std::string& config_folder,
                                            const std::string& name) {
    const auto [context, asked_by] = current_name(config_folder, name);
    if (context.empty() || context == "default") {
        return std::optional<Context>();
    }
    const std::string id = sha256_hex(context);
    const std::string path = config_folder + "/contexts/meta/" + id + "/meta.json";
    auto text = os::read_file(path);
    if (!text) {
        return fail(ErrorKind::not_found, "the context {} (from {}) was not found: {}", context,
                    asked_by, text.error().message());
    }
    auto meta = json::Value::parse(*text);
    if (!meta) {
        return std::move(meta).error().in(path);
    }
    Context found;
    found.source = text::format("the context {} (from {})", context, asked_by);
    const auto* endpoints = meta->find("Endpoints");
    const auto* docker = endpoints == nullptr ? nullptr : endpoints->find("docker");
    if (docker == nullptr) {
        return fail(ErrorKind::invalid, "{}: no docker endpoint", path);
    }
    found.host = docker->text("Host");
    const auto* skip = docker->find("SkipTLSVerify");
    found.skip_verify = skip != nullptr && skip->as_bool();
    const std::string tls = config_folder + "/contexts/tls/" + id + "/docker";
    if (os::exists(tls)) {
        found.certificates = tls;
    }
    return std::optional<Context>(std::move(found));
}

}  // namespace wherry::sdk
