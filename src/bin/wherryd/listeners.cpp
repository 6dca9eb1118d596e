#include "bin/wherryd/listeners.hpp"

#include <grp.h>

#include <optional>

#include "base/log.hpp"
#include "base/text.hpp"
#include "bin/wherryd/on_demand.hpp"
#include "net/http/tls.hpp"
#include "os/file.hpp"
#include "os/notify.hpp"
#include "os/socket.hpp"

namespace wherry::daemon {

namespace {

constexpr const char* default_host = "unix:///var/run/docker.sock";
constexpr mode_t socket_mode = 0660;

std::optional<gid_t> group_id(const std::string& name) {
    std::string buffer(16384, '\0');
    group entry{};
    group* found = nullptr;
    if (::getgrnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found) == 0 &&
        found != nullptr) {
        return entry.gr_gid;
    }
    return text::parse_int<gid_t>(name);
}

Result<> add_unix(Listeners& listeners, const std::string& path, const Options& options) {
    if (const auto slash = path.rfind('/'); slash != std::string::npos && slash > 0) {
        CHECK_OK(os::make_dirs(path.substr(0, slash)));
    }
    TRY(auto socket, os::listen_unix(path, socket_mode, group_id(options.group)));
    listeners.sockets.push_back({.socket = std::move(socket)});
    listeners.socket_files.push_back(path);
    return {};
}

/// Null without TLS.
Result<http::TlsContextPtr> tls_of(const Options& options) {
    if (!options.tls && !options.tlsverify) {
        return http::TlsContextPtr();
    }
    if (options.tlscert.empty() || options.tlskey.empty() ||
        (options.tlsverify && options.tlscacert.empty())) {
        return Error(ErrorKind::invalid,
                     "TLS needs --tlscert and --tlskey, and --tlsverify also --tlscacert");
    }
    return http::make_tls_server({.certificate_file = options.tlscert,
                                  .key_file = options.tlskey,
                                  .client_ca_file = options.tlscacert,
                                  .verify_clients = options.tlsverify});
}

Result<> add_tcp(Listeners& listeners, std::string_view address, const Options& options) {
    const auto colon = address.rfind(':');
    std::string_view host = address.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) {
        host = host.substr(1, host.size() - 2);
    }
    TRY(const auto resolved,
        os::resolve(std::string(host), std::string(address.substr(colon + 1))));
    TRY(auto socket, os::listen_tcp(resolved.front()));
    TRY(auto tls, tls_of(options));
    const bool encrypted = tls != nullptr;
    listeners.sockets.push_back({.socket = std::move(socket), .tls = std::move(tls)});
    if (options.tlsverify) {
        return {};
    }
    if (encrypted) {
        log::warn(
            "host=tcp://{} clients are not asked for a certificate: who reaches it is root "
            "here",
            address);
        return {};
    }
    log::warn("host=tcp://{} the API is reachable without encryption: who reaches it is root here",
              address);
    return {};
}

Result<> add_activated(Listeners& listeners) {
    auto sockets = os::activated_sockets();
    if (sockets.empty()) {
        return Error(ErrorKind::invalid,
                     "no sockets found via socket activation: make sure the "
                     "service was started by systemd");
    }
    for (auto& socket : sockets) {
        listeners.sockets.push_back({.socket = std::move(socket)});
    }
    return {};
}

}  // namespace

Result<Listeners> open_listeners(const Options& options) {
    Listeners listeners;
    const char* const usual = options.on_demand ? on_demand_host : default_host;
    listeners.names = options.hosts.empty() ? StringList{usual} : options.hosts;
    for (const std::string& host : listeners.names) {
        const auto parts = text::cut(host, "://");
        const std::string_view protocol = parts ? parts->first : "";
        auto added = protocol == "unix"  ? add_unix(listeners, std::string(parts->second), options)
                     : protocol == "tcp" ? add_tcp(listeners, parts->second, options)
                                         : add_activated(listeners);
        if (!added) {
            return std::move(added).error().in(text::format("listen on {}", host));
        }
    }
    return listeners;
}

}  // namespace wherry::daemon
