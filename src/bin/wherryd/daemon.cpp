#include "bin/wherryd/daemon.hpp"

#include <signal.h>

#include "base/log.hpp"
#include "bin/wherryd/listeners.hpp"
#include "bin/wherryd/pidfile.hpp"
#include "net/async/loop.hpp"
#include "net/async/signals.hpp"
#include "net/async/task_group.hpp"
#include "net/http/server.hpp"
#include "os/notify.hpp"
#include "server/build_info.hpp"
#include "server/dispatcher.hpp"
#include "server/engine.hpp"

namespace wherry::daemon {

namespace {

constexpr auto end_grace = std::chrono::seconds(5);

server::EngineConfig engine_config(const Options& options) {
    server::EngineConfig config;
    config.data_root = options.data_root;
    config.exec_root = options.exec_root;
    config.monitor_program = options.monitor_path;
    config.runtime_program = options.default_runtime;
    config.init_program = options.init_path;
    config.registry_mirrors = options.registry_mirrors;
    config.insecure_registries = options.insecure_registries;
    config.registry_certs = options.registry_certs;
    config.min_api_version = options.min_api_version;
    config.bridge = options.bridge;
    config.bridge_address = options.bip;
    config.address_range = options.fixed_cidr;
    config.host_ip = options.ip == "0.0.0.0" ? "" : options.ip;
    config.inter_container = options.icc;
    config.mtu = static_cast<unsigned>(options.mtu);
    config.labels = options.labels;
    config.dns = options.dns;
    config.dns_search = options.dns_search;
    config.dns_options = options.dns_opts;
    config.experimental = options.experimental;
    config.discard_blobs = options.discard_blobs;
    config.prepare_cgroups = !options.keep_cgroups;
    config.seccomp_bpf = options.seccomp_bpf;
    config.debug = options.debug;
    config.default_shm_bytes = parse_size(options.default_shm_size).value_or(64 << 20);
    config.log_driver = options.log_driver;
    config.log_options = options.log_opts;
    return config;
}

/// The daemon's parts, in the order of their making.
struct Daemon {
    async::Loop& loop;
    server::Engine& engine;
    http::Server& server;
};

Task<> end_on_signal(Daemon daemon) {
    async::SignalSet signals(daemon.loop.executor(), {SIGTERM, SIGINT});
    const Result<int> number = co_await signals.next();
    if (!number) {
        co_return;
    }
    log::info("signal={} ending; containers run on", *number);
    static_cast<void>(os::notify_service_manager("STOPPING=1"));
    daemon.server.stop_listening();
    co_await daemon.engine.close();
    co_await daemon.server.shutdown(end_grace);
}

}  // namespace

Result<> run(const Options& options) {
    ::signal(SIGPIPE, SIG_IGN);
    TRY(const auto pidfile, PidFile::write(options.pidfile));
    async::Loop loop;
    TRY(auto engine, server::Engine::open(engine_config(options), loop));
    server::Dispatcher dispatcher(*engine);
    http::Server server(loop.executor(),
                        [&](http::Request& request) { return dispatcher.handle(request); });
    TRY(auto listeners, open_listeners(options));
    for (Listener& listener : listeners.sockets) {
        server.listen(std::move(listener.socket), std::move(listener.tls));
    }
    for (const std::string& name : listeners.names) {
        log::info("host={} API listens", name);
    }
    log::info("version={} data-root={} ready", server::engine_version(), options.data_root);
    static_cast<void>(os::notify_service_manager("READY=1"));
    async::run(loop, end_on_signal({loop, *engine, server}));
    for (const std::string& path : listeners.socket_files) {
        ::unlink(path.c_str());
    }
    return {};
}

}  // namespace wherry::daemon
