#include "os/packet_socket.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cstring>

#include "os/file.hpp"
#include "os/syscall.hpp"

namespace wherry::os {

namespace {

constexpr std::size_t fds_limit = 253;
constexpr int flags = SOCK_CLOEXEC | SOCK_NONBLOCK;

/// The address of a path; a long one goes through its folder's descriptor, kept in `folder`.
Result<sockaddr_un> address_of(const std::string& path, UniqueFd& folder) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::string name = path;
    if (name.size() >= sizeof address.sun_path) {
        const auto slash = path.rfind('/');
        TRY(folder, open(path.substr(0, slash + 1), O_PATH | O_DIRECTORY));
        name = text::format("/proc/self/fd/{}/{}", folder.get(), path.substr(slash + 1));
    }
    if (name.empty() || name.size() >= sizeof address.sun_path) {
        return os_failure("unix socket", path, ENAMETOOLONG);
    }
    std::memcpy(address.sun_path, name.data(), name.size());
    return address;
}

Result<UniqueFd> listen_unix_socket(const std::string& path, int type) {
    UniqueFd folder;
    TRY(const auto address, address_of(path, folder));
    TRY(const int raw, checked("socket", path, [&] { return ::socket(AF_UNIX, type | flags, 0); }));
    UniqueFd fd(raw);
    CHECK_OK(remove_file(path));
    // The mode of the socket's inode is the file's from the first moment.
    CHECK_OK(checked("fchmod", path, [&] { return ::fchmod(fd.get(), 0600); }));
    CHECK_OK(checked("bind", path, [&] {
        return ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
    }));
    CHECK_OK(checked("listen", path, [&] { return ::listen(fd.get(), 16); }));
    return fd;
}

Result<std::optional<Packet>> receive(int fd, std::size_t size) {
    Packet packet;
    packet.bytes.resize(size);
    iovec piece{packet.bytes.data(), packet.bytes.size()};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * fds_limit)];
    msghdr message{};
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    const auto got = retry([&] { return ::recvmsg(fd, &message, MSG_CMSG_CLOEXEC); });
    if (got < 0 && errno == EAGAIN) {
        return std::optional<Packet>();
    }
    if (got < 0 && errno != ECONNRESET) {
        return last_failure("recvmsg", "");
    }
    packet.bytes.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
    for (auto* head = CMSG_FIRSTHDR(&message); got >= 0 && head != nullptr;
         head = CMSG_NXTHDR(&message, head)) {
        if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS) {
            continue;
        }
        const std::size_t count = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (std::size_t i = 0; i < count; ++i) {
            int passed = -1;
            std::memcpy(&passed, CMSG_DATA(head) + i * sizeof passed, sizeof passed);
            packet.fds.emplace_back(passed);
        }
    }
    return std::optional<Packet>(std::move(packet));
}

}  // namespace

Result<UniqueFd> listen_packets(const std::string& path) {
    return listen_unix_socket(path, SOCK_SEQPACKET);
}

Result<UniqueFd> listen_console(const std::string& path) {
    return listen_unix_socket(path, SOCK_STREAM);
}

Result<UniqueFd> connect_packets(const std::string& path) {
    UniqueFd folder;
    TRY(const auto address, address_of(path, folder));
    TRY(const int raw,
        checked("socket", path, [&] { return ::socket(AF_UNIX, SOCK_SEQPACKET | flags, 0); }));
    UniqueFd fd(raw);
    CHECK_OK(checked("connect", path, [&] {
        return ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
    }));
    return fd;
}

Result<std::pair<UniqueFd, UniqueFd>> packet_pair() {
    int ends[2];
    CHECK_OK(checked("socketpair", "",
                     [&] { return ::socketpair(AF_UNIX, SOCK_SEQPACKET | flags, 0, ends); }));
    return std::pair(UniqueFd(ends[0]), UniqueFd(ends[1]));
}

Result<std::optional<UniqueFd>> accept_packets(int listener) {
    const int fd = retry([&] { return ::accept4(listener, nullptr, nullptr, flags); });
    if (fd < 0 && (errno == EAGAIN || errno == ECONNABORTED)) {
        return std::optional<UniqueFd>();
    }
    if (fd < 0) {
        return last_failure("accept", "");
    }
    return std::optional<UniqueFd>(UniqueFd(fd));
}

Result<pid_t> peer_process(int fd) {
    ucred peer{};
    socklen_t size = sizeof peer;
    CHECK_OK(checked("getsockopt", "SO_PEERCRED",
                     [&] { return ::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size); }));
    return peer.pid;
}

Result<bool> send_packet(int fd, std::string_view bytes, std::span<const int> fds) {
    iovec piece{const_cast<char*>(bytes.data()), bytes.size()};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * fds_limit)];
    msghdr message{};
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    if (!fds.empty() && fds.size() <= fds_limit) {
        std::memset(control, 0, sizeof control);
        message.msg_control = control;
        message.msg_controllen = CMSG_SPACE(fds.size_bytes());
        auto* head = CMSG_FIRSTHDR(&message);
        head->cmsg_level = SOL_SOCKET;
        head->cmsg_type = SCM_RIGHTS;
        head->cmsg_len = CMSG_LEN(fds.size_bytes());
        std::memcpy(CMSG_DATA(head), fds.data(), fds.size_bytes());
    } else if (!fds.empty()) {
        return os_failure("sendmsg", "descriptors", E2BIG);
    }
    const auto put = retry([&] { return ::sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT); });
    if (put < 0 && errno == EAGAIN) {
        return false;
    }
    if (put < 0) {
        return last_failure("sendmsg", "");
    }
    return true;
}

Result<std::optional<Packet>> receive_packet(int fd) {
    // Ask for the size first, so that a small message costs little memory.
    const auto size =
        retry([&] { return ::recv(fd, nullptr, 0, MSG_PEEK | MSG_TRUNC | MSG_DONTWAIT); });
    if (size < 0 && errno == EAGAIN) {
        return std::optional<Packet>();
    }
    if (size <= 0) {
        return size == 0 || errno == ECONNRESET
                   ? Result<std::optional<Packet>>(std::optional<Packet>(Packet{}))
                   : last_failure("recv", "");
    }
    return receive(fd, static_cast<std::size_t>(size));
}

Result<std::optional<Packet>> receive_console(int fd) {
    return receive(fd, 1);
}

}  // namespace wherry::os
