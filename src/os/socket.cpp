#include "os/socket.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <memory>

#include "base/scope_guard.hpp"
#include "os/file.hpp"
#include "os/syscall.hpp"

namespace wherry::os {

namespace {

constexpr int socket_flags = SOCK_CLOEXEC | SOCK_NONBLOCK;
// The kernel cuts it to net.core.somaxconn.
constexpr int backlog = 4096;

/// A socket address of a unix path, and the folder's descriptor that a long one needs.
struct UnixAddress {
    sockaddr_un address{};
    UniqueFd folder;

    [[nodiscard]] const sockaddr* get() const noexcept {
        return reinterpret_cast<const sockaddr*>(&address);
    }
};

Result<UnixAddress> unix_address(const std::string& path) {
    UnixAddress out;
    out.address.sun_family = AF_UNIX;
    std::string name = path;
    if (path.size() >= sizeof out.address.sun_path) {
        const auto slash = path.rfind('/');
        const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
        TRY(out.folder, open(folder, O_PATH | O_DIRECTORY));
        name = text::format("/proc/self/fd/{}/{}", out.folder.get(), path.substr(slash + 1));
    }
    if (name.size() >= sizeof out.address.sun_path || name.empty()) {
        return os_failure("unix socket", path, ENAMETOOLONG);
    }
    std::memcpy(out.address.sun_path, name.data(), name.size());
    return out;
}

Result<UniqueFd> make_socket(int family) {
    TRY(const int fd,
        checked("socket", "", [&] { return ::socket(family, SOCK_STREAM | socket_flags, 0); }));
    return UniqueFd(fd);
}

Result<> set_option(int fd, int level, int option, int value) {
    CHECK_OK(checked("setsockopt", "",
                     [&] { return ::setsockopt(fd, level, option, &value, sizeof value); }));
    return {};
}

Result<> remove_stale(const std::string& path) {
    struct stat info{};
    if (::lstat(path.c_str(), &info) != 0) {
        return {};
    }
    if (!S_ISSOCK(info.st_mode)) {
        return fail(ErrorKind::invalid, "listen {}: there is a file that is no socket", path);
    }
    if (connect_unix(path)) {
        return os_failure("listen", path, EADDRINUSE);
    }
    return remove_file(path);
}

}  // namespace

Result<UniqueFd> listen_unix(const std::string& path, mode_t mode, std::optional<gid_t> group) {
    CHECK_OK(remove_stale(path));
    TRY(const auto address, unix_address(path));
    TRY(auto socket, make_socket(AF_UNIX));
    // The inode gets the socket's own mode at bind, so that it is never wider than asked.
    CHECK_OK(checked("fchmod", path, [&] { return ::fchmod(socket.get(), mode & 0600); }));
    CHECK_OK(checked("bind", path,
                     [&] { return ::bind(socket.get(), address.get(), sizeof address.address); }));
    auto undo = on_failure([&]() noexcept { ::unlink(path.c_str()); });
    if (group) {
        CHECK_OK(checked("chown", path,
                         [&] { return ::lchown(path.c_str(), static_cast<uid_t>(-1), *group); }));
    }
    CHECK_OK(checked("chmod", path, [&] { return ::chmod(path.c_str(), mode); }));
    CHECK_OK(checked("listen", path, [&] { return ::listen(socket.get(), backlog); }));
    undo.commit();
    return socket;
}

Result<UniqueFd> connect_unix(const std::string& path) {
    TRY(const auto address, unix_address(path));
    TRY(auto socket, make_socket(AF_UNIX));
    CHECK_OK(checked("connect", path, [&] {
        return ::connect(socket.get(), address.get(), sizeof address.address);
    }));
    return socket;
}

Result<UniqueFd> listen_tcp(const SocketAddress& address) {
    TRY(auto socket, make_socket(address.family()));
    CHECK_OK(set_option(socket.get(), SOL_SOCKET, SO_REUSEADDR, 1));
    if (address.family() == AF_INET6) {
        CHECK_OK(set_option(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, 1));
    }
    CHECK_OK(checked("bind", "tcp",
                     [&] { return ::bind(socket.get(), address.get(), address.length); }));
    CHECK_OK(checked("listen", "tcp", [&] { return ::listen(socket.get(), backlog); }));
    return socket;
}

Result<UniqueFd> start_connect_tcp(const SocketAddress& address) {
    TRY(auto socket, make_socket(address.family()));
    CHECK_OK(set_option(socket.get(), IPPROTO_TCP, TCP_NODELAY, 1));
    const int result =
        retry([&] { return ::connect(socket.get(), address.get(), address.length); });
    if (result != 0 && errno != EINPROGRESS) {
        return last_failure("connect", "");
    }
    return socket;
}

Result<> socket_error(int fd, std::string_view object) {
    int code = 0;
    socklen_t size = sizeof code;
    CHECK_OK(checked("getsockopt", object,
                     [&] { return ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &size); }));
    if (code != 0) {
        return os_failure("connect", object, code);
    }
    return {};
}

Result<std::vector<SocketAddress>> resolve(const std::string& host, const std::string& port) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = host.empty() ? AI_PASSIVE : AI_ADDRCONFIG;
    addrinfo* found = nullptr;
    int code = ::getaddrinfo(host.empty() ? nullptr : host.c_str(), port.c_str(), &hints, &found);
    if (code == EAI_NONAME || code == EAI_ADDRFAMILY) {
        // AI_ADDRCONFIG hides loopback on a machine that has nothing else.
        hints.ai_flags &= ~AI_ADDRCONFIG;
        code = ::getaddrinfo(host.empty() ? nullptr : host.c_str(), port.c_str(), &hints, &found);
    }
    if (code != 0) {
        return fail(ErrorKind::unavailable, "lookup {}: {}", host,
                    std::string_view(::gai_strerror(code)));
    }
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found, ::freeaddrinfo);
    std::vector<SocketAddress> addresses;
    for (const addrinfo* at = found; at != nullptr; at = at->ai_next) {
        SocketAddress address;
        std::memcpy(&address.storage, at->ai_addr, at->ai_addrlen);
        address.length = at->ai_addrlen;
        addresses.push_back(address);
    }
    return addresses;
}

Result<std::pair<UniqueFd, UniqueFd>> socket_pair() {
    int fds[2];
    CHECK_OK(checked("socketpair", "",
                     [&] { return ::socketpair(AF_UNIX, SOCK_STREAM | socket_flags, 0, fds); }));
    return std::pair(UniqueFd(fds[0]), UniqueFd(fds[1]));
}

Result<> set_blocking(int fd) {
    TRY(const int flags, checked("fcntl", "F_GETFL", [&] { return ::fcntl(fd, F_GETFL); }));
    CHECK_OK(
        checked("fcntl", "F_SETFL", [&] { return ::fcntl(fd, F_SETFL, flags & ~O_NONBLOCK); }));
    return {};
}

int local_port(int fd) {
    SocketAddress address;
    address.length = sizeof address.storage;
    if (::getsockname(fd, reinterpret_cast<sockaddr*>(&address.storage), &address.length) != 0) {
        return 0;
    }
    if (address.family() == AF_INET) {
        return ntohs(reinterpret_cast<const sockaddr_in*>(&address.storage)->sin_port);
    }
    if (address.family() == AF_INET6) {
        return ntohs(reinterpret_cast<const sockaddr_in6*>(&address.storage)->sin6_port);
    }
    return 0;
}

bool is_quiet(int fd) {
    char byte = 0;
    const auto got = retry([&] { return ::recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT); });
    return got < 0 && errno == EAGAIN;
}

bool is_address(const std::string& host) {
    in6_addr ignored{};
    return ::inet_pton(AF_INET, host.c_str(), &ignored) == 1 ||
           ::inet_pton(AF_INET6, host.c_str(), &ignored) == 1;
}

int socket_family(int fd) {
    int family = AF_UNSPEC;
    socklen_t size = sizeof family;
    if (::getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &size) != 0) {
        return AF_UNSPEC;
    }
    return family;
}

}  // namespace wherry::os
