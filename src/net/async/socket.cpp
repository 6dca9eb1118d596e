#include "net/async/socket.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/this_coro.hpp>

#include "net/async/asio_result.hpp"
#include "net/async/cancel.hpp"
#include "net/async/sleep.hpp"
#include "os/syscall.hpp"

namespace wherry::async {

namespace asio = boost::asio;

namespace {

/// Waits on a duplicate: a descriptor can be in the loop's epoll only once.
Task<Result<>> wait_for(int fd, asio::posix::descriptor_base::wait_type what) {
    const bool cancelled = co_await is_cancelled();
    if (cancelled) {
        co_return cancelled_error();
    }
    CO_TRY(const int copy, os::checked("dup", "", [&] { return ::fcntl(fd, F_DUPFD_CLOEXEC, 0); }));
    os::UniqueFd owner(copy);
    const Executor executor = co_await asio::this_coro::executor;
    asio::posix::stream_descriptor descriptor(executor);
    ErrorCode code;
    descriptor.assign(owner.get(), code);
    if (code) {
        co_return to_error("wait for descriptor", code);
    }
    (void)owner.release();
    const auto result = co_await descriptor.async_wait(what, as_result);
    const ErrorCode waited = std::get<0>(result);
    if (waited) {
        co_return to_error("wait for descriptor", waited);
    }
    co_return Result<>();
}

}  // namespace

// A response is one write; waiting for more to send would only delay it.
void detail::answer_at_once(int socket) noexcept {
    const int family = os::socket_family(socket);
    if (family == AF_INET || family == AF_INET6) {
        const int on = 1;
        (void)::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
}

std::unique_ptr<Stream> adopt_socket(const Executor& executor, os::UniqueFd socket) {
    detail::answer_at_once(socket.get());
    return detail::stream_of(executor, std::move(socket));
}

Task<Result<std::unique_ptr<Stream>>> connect_unix(std::string path) {
    const Executor executor = co_await asio::this_coro::executor;
    while (true) {
        auto socket = os::connect_unix(path);
        if (socket.ok()) {
            co_return adopt_socket(executor, *std::move(socket));
        }
        if (socket.error().os_error() != EAGAIN) {
            co_return std::move(socket).error();
        }
        // The listener's backlog is full, and a unix socket cannot be waited for.
        CO_CHECK_OK(co_await sleep(std::chrono::milliseconds(2)));
    }
}

Task<Result<std::unique_ptr<Stream>>> connect_tcp(os::SocketAddress address, std::string name) {
    const Executor executor = co_await asio::this_coro::executor;
    auto socket = os::start_connect_tcp(address);
    if (!socket.ok()) {
        co_return std::move(socket).error().in(name);
    }
    CO_CHECK_OK(co_await wait_writable(socket->get()));
    CO_CHECK_OK(os::socket_error(socket->get(), name));
    co_return adopt_socket(executor, *std::move(socket));
}

Task<Result<>> wait_readable(int fd) {
    return wait_for(fd, asio::posix::descriptor_base::wait_read);
}
Task<Result<>> wait_writable(int fd) {
    return wait_for(fd, asio::posix::descriptor_base::wait_write);
}

}  // namespace wherry::async
