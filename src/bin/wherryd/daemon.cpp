#include "bin/wherryd/daemon.hpp"

#include <signal.h>

#include <optional>

#include "base/log.hpp"
#include "bin/wherryd/listeners.hpp"
#include "bin/wherryd/on_demand.hpp"
#include "bin/wherryd/pidfile.hpp"
#include "net/async/event.hpp"
#include "net/async/loop.hpp"
#include "net/async/signals.hpp"
#include "net/async/task_group.hpp"
#include "os/file_context.hpp"
#include "os/host.hpp"
#include "os/notify.hpp"
#include "server/build_info.hpp"
#include "server/service.hpp"

namespace wherry::daemon {

namespace {

constexpr auto end_grace = std::chrono::seconds(5);

server::EngineConfig engine_config(const Options& options) {
    server::EngineConfig config;
    config.data_root = options.data_root;
    config.exec_root = options.exec_root;
    config.monitor_program = options.monitor_path;
    config.runtime_program = options.default_runtime;
    for (const RuntimeOption& one : options.runtimes) {
        config.runtimes.push_back({.name = one.name, .path = one.path, .arguments = one.arguments});
    }
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
    config.leave_nothing = options.on_demand;
    config.default_shm_bytes = parse_size(options.default_shm_size).value_or(64 << 20);
    config.log_driver = options.log_driver;
    config.log_options = options.log_opts;
    return config;
}

http::ServerOptions server_options(const Options& options) {
    http::ServerOptions server;
    // With one processor, whoever polls keeps the client from asking.
    if (os::host_facts().cpus > 1) {
        server.busy_poll = std::chrono::microseconds(options.busy_poll);
    }
    return server;
}

/// Sets `ending` at the first signal that ends the daemon.
Task<> end_on_signal(async::Executor executor, async::Event& ending) {
    async::SignalSet signals(executor, {SIGTERM, SIGINT});
    const Result<int> number = co_await signals.next();
    if (number) {
        log::info("signal={} ending; containers run on", *number);
        ending.set();
    }
}

/// Sets `ending` when nobody needs the engine any more.
Task<> end_when_unused(OnDemand& on_demand, server::Service& service, async::Event& ending) {
    const Result<> unused = co_await on_demand.until_unused(service);
    if (unused) {
        log::info("nothing runs and nobody is connected: ending");
        ending.set();
    }
}

Task<> serve(server::Service& service, OnDemand* on_demand) {
    async::Event ending;
    const async::Executor executor = service.engine().loop().executor();
    async::TaskGroup reasons(executor);
    reasons.spawn(end_on_signal(executor, ending));
    if (on_demand != nullptr) {
        reasons.spawn(end_when_unused(*on_demand, service, ending));
    }
    const Result<> ended = co_await ending.wait();
    static_cast<void>(ended);  // nobody cancels the daemon
    reasons.cancel();
    co_await reasons.join();
    static_cast<void>(os::notify_service_manager("STOPPING=1"));
    co_await service.close(end_grace);
}

}  // namespace

Result<> run(const Options& options) {
    ::signal(SIGPIPE, SIG_IGN);
    std::optional<OnDemand> on_demand;
    if (options.on_demand) {
        CHECK_OK(os::enter_own_file_context());  // whoever started it may sit anywhere
        TRY(on_demand, OnDemand::of(options));
    }
    TRY(const auto pidfile, PidFile::write(on_demand ? "" : options.pidfile));
    async::Loop loop;
    TRY(auto service, server::Service::open(engine_config(options), loop, server_options(options)));
    TRY(auto listeners, open_listeners(options));
    for (Listener& listener : listeners.sockets) {
        service->api().listen(std::move(listener.socket), std::move(listener.tls));
    }
    for (const std::string& name : listeners.names) {
        log::info("host={} API listens", name);
    }
    log::info("version={} data-root={} ready", server::engine_version(), options.data_root);
    static_cast<void>(os::notify_service_manager("READY=1"));
    async::run(loop, serve(*service, on_demand ? &*on_demand : nullptr));
    for (const std::string& path : listeners.socket_files) {
        ::unlink(path.c_str());
    }
    if (on_demand) {
        on_demand->leave();
    }
    return {};
}

}  // namespace wherry::daemon
