// Blocking sockets of the calling thread's network namespace, with a limit of two seconds on every
// wait, for tests that want to see where a packet arrives and where it says it comes from.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstring>
#include <string>

#include "os/unique_fd.hpp"

namespace wherry::test {

struct SocketName {
    sockaddr_storage storage{};
    socklen_t length = 0;
    [[nodiscard]] sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

/// `address` is numeric, v4 or v6.
inline SocketName socket_name(const std::string& address, int port) {
    SocketName out;
    if (address.find(':') == std::string::npos) {
        sockaddr_in v4{};
        v4.sin_family = AF_INET;
        v4.sin_port = htons(static_cast<std::uint16_t>(port));
        ::inet_pton(AF_INET, address.c_str(), &v4.sin_addr);
        std::memcpy(&out.storage, &v4, sizeof v4);
        out.length = sizeof v4;
    } else {
        sockaddr_in6 v6{};
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(static_cast<std::uint16_t>(port));
        ::inet_pton(AF_INET6, address.c_str(), &v6.sin6_addr);
        std::memcpy(&out.storage, &v6, sizeof v6);
        out.length = sizeof v6;
    }
    return out;
}

inline std::string address_of(const sockaddr_storage& storage) {
    char text[INET6_ADDRSTRLEN] = {};
    if (storage.ss_family == AF_INET) {
        ::inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(storage).sin_addr, text,
                    sizeof text);
    } else {
        ::inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6&>(storage).sin6_addr, text,
                    sizeof text);
    }
    return text;
}

inline os::UniqueFd plain_socket(int family, int type) {
    os::UniqueFd fd(::socket(family, type | SOCK_CLOEXEC, 0));
    const timeval limit{.tv_sec = 2, .tv_usec = 0};
    ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    return fd;
}

/// Bound, and for SOCK_STREAM listening; empty where that failed (errno tells).
inline os::UniqueFd bound_socket(const std::string& address, int port, int type) {
    SocketName name = socket_name(address, port);
    os::UniqueFd fd = plain_socket(name.storage.ss_family, type);
    const int yes = 1;
    ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (::bind(fd.get(), name.get(), name.length) != 0 ||
        (type == SOCK_STREAM && ::listen(fd.get(), 8) != 0)) {
        fd.reset();
    }
    return fd;
}

/// Connected, or empty.
inline os::UniqueFd connected_socket(const std::string& address, int port, int type) {
    SocketName name = socket_name(address, port);
    os::UniqueFd fd = plain_socket(name.storage.ss_family, type);
    if (::connect(fd.get(), name.get(), name.length) != 0) {
        fd.reset();
    }
    return fd;
}

/// The next connection's peer address; "" if none came.
inline std::string accepted_peer(int listener) {
    SocketName peer;
    peer.length = sizeof peer.storage;
    const os::UniqueFd fd(::accept4(listener, peer.get(), &peer.length, SOCK_CLOEXEC));
    return fd ? address_of(peer.storage) : "";
}

}  // namespace wherry::test
