#include "wherry/embedded.hpp"

#include <unistd.h>

#include "base/text.hpp"
#include "embed/find_monitor.hpp"
#include "embed/runner.hpp"
#include "embed/transport.hpp"
#include "sdk/client_state.hpp"

namespace wherry {

namespace {

constexpr const char* run_prefix = "/run/wherry-embedded-";

/// A short name for a folder (FNV-1a), since a unix socket's path holds 107 bytes.
std::string short_name(std::string_view folder) {
    std::uint32_t hash = 2166136261U;
    for (const char c : folder) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
    }
    std::string bytes;
    for (int shift = 24; shift >= 0; shift -= 8) {
        bytes.push_back(static_cast<char>(hash >> shift));
    }
    return text::hex(bytes);
}

Result<> check_folder(std::string_view name, const std::string& path) {
    if (!path.starts_with("/")) {
        return fail(ErrorKind::invalid, "{} must be an absolute path: '{}'", name, path);
    }
    return {};
}

Result<server::EngineConfig> engine_config(const Embedded& options) {
    server::EngineConfig config;
    config.data_root = options.state_folder;
    config.exec_root = options.run_folder;
    if (config.exec_root.empty()) {
        config.exec_root = run_prefix + short_name(options.state_folder);
    }
    CHECK_OK(check_folder("state_folder", config.data_root));
    CHECK_OK(check_folder("run_folder", config.exec_root));
    config.monitor_program =
        options.monitor_program.empty() ? embed::find_monitor() : options.monitor_program;
    config.runtime_program = options.runtime_program;
    config.init_program = options.init_program;
    config.registry_mirrors = options.registry_mirrors;
    config.insecure_registries = options.insecure_registries;
    config.registry_certs = options.registry_certificates;
    config.bridge = options.bridge;
    config.bridge_address = options.bridge_address;
    config.dns = options.dns;
    config.prepare_cgroups = options.prepare_cgroups;
    config.leave_nothing = true;
    return config;
}

Client client_over(const ClientOptions& options, http::Endpoint transport) {
    auto core = embed::make_core(options, std::move(transport));
    return Client(std::make_shared<sdk::ClientState>(std::move(core)));
}

}  // namespace

Result<EmbeddedEngine> EmbeddedEngine::start(const Embedded& options) {
    if (::geteuid() != 0) {
        return Error(ErrorKind::denied,
                     "an embedded engine needs root (rootless engines are not built yet)");
    }
    TRY(auto config, engine_config(options));
    auto runner = embed::Runner::start(std::move(config), options.end_grace);
    if (!runner) {
        return std::move(runner).error().in("start an embedded engine");
    }
    return EmbeddedEngine(std::move(*runner));
}

Client EmbeddedEngine::client(const ClientOptions& options) const {
    return client_over(options, embed::transport_to(runner_));
}

void EmbeddedEngine::close() {
    runner_->close();
}

Client connect(const Embedded& options) {
    auto engine = EmbeddedEngine::start(options);
    if (!engine) {
        return client_over({}, embed::transport_that_fails(std::move(engine).error()));
    }
    return engine->client();
}

}  // namespace wherry
