#include "os/port.hpp"

#include <arpa/inet.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "os/file.hpp"
#include "os/socket.hpp"
#include "os/syscall.hpp"

namespace wherry::os {

namespace {

constexpr int backlog = 4096;
constexpr std::pair<std::uint16_t, std::uint16_t> default_ephemeral_ports = {32768, 60999};

/// A socket filter that takes no packet (bpf(2): return 0).
Result<> drop_everything(int fd, const std::string& object) {
    sock_filter nothing[] = {BPF_STMT(BPF_RET | BPF_K, 0)};
    const sock_fprog program{.len = 1, .filter = nothing};
    CHECK_OK(checked("setsockopt", object, [&] {
        return ::setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
    }));
    return {};
}

}  // namespace

Result<SocketAddress> numeric_address(const std::string& text, std::uint16_t port) {
    SocketAddress out;
    in_addr v4{};
    in6_addr v6{};
    if (::inet_pton(AF_INET, text.c_str(), &v4) == 1) {
        sockaddr_in name{};
        name.sin_family = AF_INET;
        name.sin_port = htons(port);
        name.sin_addr = v4;
        std::memcpy(&out.storage, &name, sizeof name);
        out.length = sizeof name;
        return out;
    }
    if (::inet_pton(AF_INET6, text.c_str(), &v6) == 1) {
        sockaddr_in6 name{};
        name.sin6_family = AF_INET6;
        name.sin6_port = htons(port);
        name.sin6_addr = v6;
        std::memcpy(&out.storage, &name, sizeof name);
        out.length = sizeof name;
        return out;
    }
    return os_failure("address", text, EINVAL);
}

Result<UniqueFd> bind_port(const std::string& address, std::uint16_t port, PortKind kind) {
    TRY(const SocketAddress name, numeric_address(address, port));
    const bool udp = kind == PortKind::udp_held || kind == PortKind::udp;
    const int type = udp ? SOCK_DGRAM : SOCK_STREAM;
    const int protocol = kind == PortKind::sctp ? IPPROTO_SCTP : 0;
    const std::string object = text::format("{} port {}", address, port);
    auto made = checked("socket", object, [&] {
        return ::socket(name.family(), type | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);
    });
    if (!made) {
        if (kind == PortKind::sctp && (made.error().os_error() == EPROTONOSUPPORT ||
                                       made.error().os_error() == ESOCKTNOSUPPORT)) {
            return UniqueFd();
        }
        return std::move(made).error();
    }
    UniqueFd fd(*made);
    const int yes = 1;
    if (name.family() == AF_INET6) {
        CHECK_OK(checked("setsockopt", object, [&] {
            return ::setsockopt(*made, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof yes);
        }));
    }
    const bool tcp = kind == PortKind::tcp_held || kind == PortKind::tcp_listening;
    const bool held = kind == PortKind::tcp_held || kind == PortKind::udp_held;
    if (tcp) {
        CHECK_OK(checked("setsockopt", object, [&] {
            return ::setsockopt(*made, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
        }));
    }
    CHECK_OK(checked("bind", object, [&] { return ::bind(*made, name.get(), name.length); }));
    if (held) {
        CHECK_OK(drop_everything(*made, object));
    }
    if (tcp) {
        // With SO_REUSEADDR, a socket keeps others off only while it listens.
        CHECK_OK(checked("listen", object, [&] { return ::listen(*made, backlog); }));
    }
    return fd;
}

std::string address_text(const SocketAddress& address) {
    char text[INET6_ADDRSTRLEN] = {};
    const bool v6 = address.family() == AF_INET6;
    sockaddr_in v4_name{};
    sockaddr_in6 v6_name{};
    std::memcpy(v6 ? static_cast<void*>(&v6_name) : &v4_name, &address.storage,
                v6 ? sizeof v6_name : sizeof v4_name);
    ::inet_ntop(address.family(),
                v6 ? static_cast<const void*>(&v6_name.sin6_addr)
                   : static_cast<const void*>(&v4_name.sin_addr),
                text, sizeof text);
    return text;
}

std::string port_failure(int code) {
    switch (code) {
        case EADDRINUSE:
            return "address already in use";
        case EADDRNOTAVAIL:
            return "cannot assign requested address";
        case EACCES:
            return "permission denied";
        default:
            return std::strerror(code);  // NOLINT(concurrency-mt-unsafe): glibc's is per thread
    }
}

std::pair<std::uint16_t, std::uint16_t> ephemeral_ports() {
    const auto text = read_file("/proc/sys/net/ipv4/ip_local_port_range");
    if (!text) {
        return default_ephemeral_ports;
    }
    const auto fields = text::split(text::trim(*text), '\t');
    const auto first = text::parse_int<std::uint16_t>(text::trim(fields.front()));
    const auto last = text::parse_int<std::uint16_t>(text::trim(fields.back()));
    if (fields.size() < 2 || !first || !last || *first == 0 || *last < *first) {
        return default_ephemeral_ports;
    }
    return {*first, *last};
}

}  // namespace wherry::os
