#include "monitor/relay.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <optional>

#include "monitor/tcp_relay.hpp"
#include "monitor/udp_relay.hpp"
#include "os/namespace.hpp"
#include "os/syscall.hpp"

namespace wherry::monitor {

namespace {

struct Address {
    sockaddr_storage storage{};
    socklen_t size = 0;
};

/// A numeric address; nothing if it is not one.
std::optional<Address> parse_address(const wire::Relay& target) {
    Address out;
    auto* v4 = reinterpret_cast<sockaddr_in*>(&out.storage);
    auto* v6 = reinterpret_cast<sockaddr_in6*>(&out.storage);
    if (::inet_pton(AF_INET, target.address.c_str(), &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons(target.port);
        out.size = sizeof *v4;
        return out;
    }
    if (::inet_pton(AF_INET6, target.address.c_str(), &v6->sin6_addr) == 1) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons(target.port);
        out.size = sizeof *v6;
        return out;
    }
    return std::nullopt;
}

}  // namespace

Result<os::UniqueFd> connect_inside(const wire::Relay& target, int network_namespace) {
    const auto address = parse_address(target);
    if (!address) {
        return fail(ErrorKind::invalid, "relay: {} is no address", target.address);
    }
    const int type = target.protocol == wire::RelayProtocol::udp ? SOCK_DGRAM : SOCK_STREAM;
    TRY(const int raw,
        os::socket_in_namespace(network_namespace, address->storage.ss_family, type));
    os::UniqueFd fd(raw);
    const auto* generic = reinterpret_cast<const sockaddr*>(&address->storage);
    if (::connect(fd.get(), generic, address->size) != 0 && errno != EINPROGRESS) {
        return os::last_failure("connect", target.address);
    }
    return fd;
}

std::unique_ptr<Relay> make_relay(EventLoop& loop, int listener, const wire::Relay& target,
                                  int network_namespace) {
    if (target.protocol == wire::RelayProtocol::udp) {
        return std::make_unique<UdpRelay>(loop, listener, target, network_namespace);
    }
    return std::make_unique<TcpRelay>(loop, listener, target, network_namespace);
}

}  // namespace wherry::monitor
