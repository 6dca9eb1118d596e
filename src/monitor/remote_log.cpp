#include "monitor/remote_log.hpp"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>

#include "base/log.hpp"
#include "base/text.hpp"
#include "os/port.hpp"
#include "os/syscall.hpp"

namespace wherry::monitor {

namespace {

constexpr std::size_t queue_limit = 1 << 20;
constexpr std::chrono::milliseconds retry_pause{1000};
constexpr int connect_limit_ms = 5000;

struct Target {
    int type = SOCK_STREAM;
    os::SocketAddress address;
};

Result<os::SocketAddress> unix_address(std::string_view path) {
    os::SocketAddress out;
    sockaddr_un name{};
    if (path.size() >= sizeof name.sun_path) {
        return os_failure("connect", path, ENAMETOOLONG);
    }
    name.sun_family = AF_UNIX;
    path.copy(name.sun_path, path.size());
    std::memcpy(&out.storage, &name, sizeof name);
    out.length = sizeof name;
    return out;
}

/// Hosts are numbers here: the daemon has looked names up.
Result<os::SocketAddress> network_address(std::string_view text) {
    const std::size_t colon = text.rfind(':');
    std::string host(text.substr(0, colon));
    if (host.starts_with('[') && host.ends_with(']')) {
        host = host.substr(1, host.size() - 2);
    }
    const auto port = text::parse_int<std::uint16_t>(text.substr(colon + 1));
    if (colon == std::string_view::npos || !port) {
        return os_failure("connect", text, EINVAL);
    }
    return os::numeric_address(host, *port);
}

Result<Target> parse_target(std::string_view address) {
    const auto parts = text::cut(address, "://");
    if (!parts) {
        return fail(ErrorKind::invalid, "no address of a log server: {}", address);
    }
    const auto [scheme, where] = *parts;
    Target target;
    target.type = scheme == "udp" || scheme == "unixgram" ? SOCK_DGRAM : SOCK_STREAM;
    if (scheme.starts_with("unix")) {
        TRY(target.address, unix_address(where));
    } else {
        TRY(target.address, network_address(where));
    }
    return target;
}

bool is_starting(int code) {
    return code == EINPROGRESS || code == EAGAIN;
}

}  // namespace

RemoteLog::~RemoteLog() {
    loop_.forget(socket_.get());
    loop_.cancel(retry_);
}

Result<> RemoteLog::open(const wire::LogPlan& plan) {
    plan_ = plan;
    CHECK_OK(connect());
    if (!stream_) {
        return {};
    }
    pollfd wait{.fd = socket_.get(), .events = POLLOUT, .revents = 0};
    if (os::retry([&] { return ::poll(&wait, 1, connect_limit_ms); }) <= 0) {
        return refused(ETIMEDOUT);
    }
    int code = 0;
    socklen_t length = sizeof code;
    (void)::getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &code, &length);
    return code == 0 ? Result<>() : refused(code);
}

/// In the reference's words.
Error RemoteLog::refused(int code) const {
    const auto parts = text::cut(plan_.address, "://");
    return fail(ErrorKind::internal, "dial {} {}: {}", parts->first, parts->second,
                os_failure("connect", "", code).message());
}

Result<> RemoteLog::connect() {
    TRY(const Target target, parse_target(plan_.address));
    TRY(const int fd, os::checked("socket", plan_.address, [&] {
            return ::socket(target.address.family(), target.type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        }));
    os::UniqueFd made(fd);
    if (::connect(fd, target.address.get(), target.address.length) != 0 && !is_starting(errno)) {
        return refused(errno);
    }
    socket_ = std::move(made);
    stream_ = target.type == SOCK_STREAM;
    return {};
}

void RemoteLog::send(logfile::Stream stream, const logfile::Piece& piece) {
    std::string message = plan_.driver == wire::LogDriver::journald
                              ? journal_message(plan_, stream, piece)
                              : syslog_message(plan_, stream, piece);
    if (queued_bytes_ + message.size() > queue_limit) {
        if (dropped_++ == 0) {
            log::warn("log address={} lines are dropped: it does not take them", plan_.address);
        }
        return;
    }
    queued_bytes_ += message.size();
    queue_.push_back(std::move(message));
    flush();
}

void RemoteLog::flush() {
    while (!queue_.empty() && socket_) {
        const std::string_view rest = std::string_view(queue_.front()).substr(sent_of_first_);
        const auto put = os::retry([&] {
            return ::send(socket_.get(), rest.data(), rest.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        });
        if (put < 0 && (errno == EAGAIN || errno == ENOTCONN || errno == ENOBUFS)) {
            watch();
            return;
        }
        // A datagram that nobody takes, or that is too large, is lost: the next may arrive.
        const bool lost = put < 0 && !stream_ && (errno == ECONNREFUSED || errno == EMSGSIZE);
        if (put < 0 && !lost) {
            lose_connection();
            return;
        }
        sent_of_first_ += lost ? rest.size() : static_cast<std::size_t>(put);
        if (sent_of_first_ == queue_.front().size()) {
            queued_bytes_ -= sent_of_first_;
            sent_of_first_ = 0;
            queue_.pop_front();
        }
    }
    loop_.forget(socket_.get());
}

void RemoteLog::watch() {
    loop_.watch(socket_.get(), EPOLLOUT, [this](std::uint32_t events) {
        if ((events & (EPOLLERR | EPOLLHUP)) != 0 && stream_) {
            lose_connection();
        } else {
            flush();
        }
    });
}

void RemoteLog::lose_connection() {
    loop_.forget(socket_.get());
    socket_.reset();
    sent_of_first_ = 0;  // the message is sent again, whole
    loop_.cancel(retry_);
    retry_ = loop_.after(retry_pause, [this] {
        const auto connected = connect();
        if (connected) {
            flush();
        } else {
            lose_connection();
        }
    });
}

}  // namespace wherry::monitor
