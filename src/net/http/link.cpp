#include "net/http/link.hpp"

#include "base/text.hpp"
#include "net/async/socket.hpp"

namespace wherry::http {

namespace {

std::string host_of(const Endpoint& endpoint) {
    if (const auto* const tcp = std::get_if<TcpEndpoint>(&endpoint)) {
        const bool is_v6 = tcp->host.find(':') != std::string::npos;
        const std::string host = is_v6 ? text::format("[{}]", tcp->host) : tcp->host;
        const std::string_view usual = tcp->tls ? "443" : "80";
        return tcp->port == usual ? host : text::format("{}:{}", host, tcp->port);
    }
    if (const auto* const custom = std::get_if<CustomEndpoint>(&endpoint)) {
        return custom->host;
    }
    return "localhost";
}

constexpr std::size_t lookup_threads = 2;

}  // namespace

Connector::Connector(Endpoint endpoint, ClientTimeouts timeouts)
    : endpoint_(std::move(endpoint)), timeouts_(timeouts), host_(host_of(endpoint_)) {}

Task<Result<std::shared_ptr<Link>>> Connector::connect() {
    CO_TRY(auto stream, co_await limited(connect_stream(), timeouts_.connect));
    const auto* const tcp = std::get_if<TcpEndpoint>(&endpoint_);
    if (tcp != nullptr && tcp->tls) {
        auto handshake = connect_tls(std::move(stream), tcp->tls, tcp->host);
        CO_TRY(stream, co_await limited(std::move(handshake), timeouts_.tls));
    }
    co_return std::make_shared<Link>(std::move(stream));
}

Task<Result<StreamPtr>> Connector::connect_stream() {
    if (const auto* const local = std::get_if<UnixEndpoint>(&endpoint_)) {
        return async::connect_unix(local->path);
    }
    if (const auto* const tcp = std::get_if<TcpEndpoint>(&endpoint_)) {
        return connect_tcp(*tcp);
    }
    return std::get<CustomEndpoint>(endpoint_).connect();
}

Task<Result<StreamPtr>> Connector::connect_tcp(TcpEndpoint endpoint) {
    CO_TRY(const auto addresses, co_await look_up(endpoint.host, endpoint.port));
    Error last = fail(ErrorKind::unavailable, "lookup {}: no address", endpoint.host);
    for (const auto& address : addresses) {
        auto stream = co_await async::connect_tcp(address, host_);
        if (stream.ok() || stream.error().kind() == ErrorKind::cancelled) {
            co_return stream;
        }
        last = std::move(stream).error();
    }
    co_return last;
}

Task<Result<std::vector<os::SocketAddress>>> Connector::look_up(std::string host,
                                                                std::string port) {
    if (os::is_address(host)) {
        co_return os::resolve(host, port);
    }
    if (!lookups_) {
        lookups_ = std::make_unique<async::Pool>("lookup", lookup_threads);
    }
    auto function = [host, port] { return os::resolve(host, port); };
    co_return co_await async::blocking(*lookups_, std::move(function));
}

}  // namespace wherry::http
