#include "net/async/acceptor.hpp"

#include <sys/socket.h>

#include <boost/asio/posix/stream_descriptor.hpp>

#include "net/async/asio_result.hpp"
#include "net/async/cancel.hpp"
#include "net/async/sleep.hpp"
#include "net/async/socket.hpp"
#include "os/syscall.hpp"

namespace wherry::async {

namespace asio = boost::asio;

namespace {

constexpr int most_in_a_row = 32;

}  // namespace

struct Acceptor::Impl {
    explicit Impl(const Executor& executor) : listener(executor) {}
    asio::posix::stream_descriptor listener;
    int in_a_row = 0;
};

Acceptor::Acceptor(const Executor& executor, os::UniqueFd listener)
    : impl_(std::make_unique<Impl>(executor)) {
    ErrorCode ignored;
    detail::answer_at_once(listener.get());  // which its connections inherit
    impl_->listener.assign(listener.release(), ignored);
    impl_->listener.non_blocking(true, ignored);
}
Acceptor::~Acceptor() = default;

int Acceptor::native_handle() const noexcept {
    return impl_->listener.native_handle();
}

Task<Result<std::unique_ptr<Stream>>> Acceptor::accept() {
    while (true) {
        if (++impl_->in_a_row > most_in_a_row) {
            impl_->in_a_row = 0;
            co_await next_turn();
        }
        const bool cancelled = co_await is_cancelled();
        if (cancelled || !impl_->listener.is_open()) {
            co_return cancelled_error();
        }
        const int fd = os::retry([&] {
            return ::accept4(native_handle(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
        });
        if (fd >= 0) {
            co_return detail::stream_of(impl_->listener.get_executor(), os::UniqueFd(fd));
        }
        const int code = errno;
        if (code == EAGAIN) {
            impl_->in_a_row = 0;
            const auto wait_read = asio::posix::descriptor_base::wait_read;
            const auto result = co_await impl_->listener.async_wait(wait_read, as_result);
            const ErrorCode waited = std::get<0>(result);
            if (waited == asio::error::operation_aborted) {
                co_return cancelled_error();
            }
            if (waited) {
                co_return os_failure("accept", "", waited.value());
            }
        } else if (code == EMFILE || code == ENFILE || code == ENOBUFS || code == ENOMEM) {
            CO_CHECK_OK(co_await sleep(std::chrono::milliseconds(50)));
        } else if (code == EBADF || code == EINVAL || code == ENOTSOCK || code == EOPNOTSUPP) {
            co_return os_failure("accept", "", code);
        }
        // Everything else is about one connection that is gone: take the next.
    }
}

void Acceptor::close() noexcept {
    ErrorCode ignored;
    impl_->listener.close(ignored);
}

}  // namespace wherry::async
