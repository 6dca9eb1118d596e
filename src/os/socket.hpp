// Sockets: made, bound and connected here; read and written by net/. Always close-on-exec and
// non-blocking.
#pragma once

#include <sys/socket.h>
#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "os/unique_fd.hpp"

namespace wherry::os {

/// An address as the kernel takes it.
struct SocketAddress {
    sockaddr_storage storage{};
    socklen_t length = 0;

    [[nodiscard]] const sockaddr* get() const noexcept {
        return reinterpret_cast<const sockaddr*>(&storage);
    }
    [[nodiscard]] int family() const noexcept { return storage.ss_family; }
};

/// A unix socket at `path`, listening. A path longer than the 107 bytes of a socket address is
/// reached through its folder's descriptor. A stale socket there is removed; one that answers is an
/// error. Nobody can connect before mode and group are as asked.
[[nodiscard]] Result<UniqueFd> listen_unix(const std::string& path, mode_t mode,
                                           std::optional<gid_t> group);
/// Connects to the unix socket at `path`, which may be long.
[[nodiscard]] Result<UniqueFd> connect_unix(const std::string& path);
/// A TCP socket listening on an address of `resolve`.
[[nodiscard]] Result<UniqueFd> listen_tcp(const SocketAddress& address);
/// Starts to connect; the socket is writable when that has ended (`socket_error` says how).
[[nodiscard]] Result<UniqueFd> start_connect_tcp(const SocketAddress& address);
/// SO_ERROR as a result.
[[nodiscard]] Result<> socket_error(int fd, std::string_view object);
/// The addresses of a host ("" for any) and port. Blocks: not on the loop, unless both are numbers.
[[nodiscard]] Result<std::vector<SocketAddress>> resolve(const std::string& host,
                                                         const std::string& port);
/// Whether the text is an IPv4 or IPv6 address, not a name.
[[nodiscard]] bool is_address(const std::string& host);
/// A connected pair of unix stream sockets.
[[nodiscard]] Result<std::pair<UniqueFd, UniqueFd>> socket_pair();
/// Takes O_NONBLOCK off, for a program that gets the socket as its input.
[[nodiscard]] Result<> set_blocking(int fd);
/// The port a TCP socket is bound to; 0 for others.
[[nodiscard]] int local_port(int fd);
/// Whether the socket is connected with nothing to read: what an idle connection must be.
[[nodiscard]] bool is_quiet(int fd);
/// SO_DOMAIN; AF_UNSPEC if it is not a socket.
[[nodiscard]] int socket_family(int fd);

}  // namespace wherry::os
