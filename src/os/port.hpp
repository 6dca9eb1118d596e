// Sockets that hold a port of this host, so that no other program can take it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.hpp"
#include "os/socket.hpp"
#include "os/unique_fd.hpp"

namespace wherry::os {

/// A v4 or v6 address in digits (names are for `resolve`).
[[nodiscard]] Result<SocketAddress> numeric_address(const std::string& text, std::uint16_t port);

/// The digits of an address, without its port.
[[nodiscard]] std::string address_text(const SocketAddress& address);

/// A held port takes no packet at all: they are redirected before they get there, and where that
/// fails for a moment, a client that sends again is not told that nobody listens.
enum class PortKind {
    tcp_held,
    tcp_listening,  ///< accepts connections
    udp_held,
    udp,
    sctp,  ///< an empty descriptor on kernels without SCTP, where nobody else can take it either
};

/// Binds a numeric address; v6 addresses leave v4 alone. Non-blocking, close-on-exec. A port whose
/// old connections are in TIME_WAIT can be taken.
[[nodiscard]] Result<UniqueFd> bind_port(const std::string& address, std::uint16_t port,
                                         PortKind kind);
/// The words of the reference for a failed bind: "address already in use".
[[nodiscard]] std::string port_failure(int code);
/// The kernel's ephemeral ports, first and last (net.ipv4.ip_local_port_range).
[[nodiscard]] std::pair<std::uint16_t, std::uint16_t> ephemeral_ports();

}  // namespace wherry::os
