// A socket as a stream.
#include <sys/socket.h>

#include <array>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <optional>
#include <thread>

#include "net/async/asio_result.hpp"
#include "net/async/busy_poll.hpp"
#include "net/async/cancel.hpp"
#include "net/async/sleep.hpp"
#include "net/async/socket.hpp"
#include "os/syscall.hpp"

namespace wherry::async {

namespace asio = boost::asio;

namespace {

using Socket = asio::basic_stream_socket<asio::generic::stream_protocol>;

/// Reads and writes directly where the socket is likely to be ready, which saves a turn of the
/// loop; a bounded number of times in a row, so that one busy stream does not keep the loop. Asio
/// has the socket, and epoll knows it, from the first wait on: a connection that asks one thing and
/// is answered at once never waits before that.
class SocketStream final : public Stream {
  public:
    SocketStream(const Executor& executor, os::UniqueFd socket)
        : socket_(executor), fd_(socket.release()) {}
    SocketStream(const SocketStream&) = delete;
    SocketStream& operator=(const SocketStream&) = delete;
    ~SocketStream() override {
        if (fd_ >= 0 && !socket_.is_open()) {
            ::close(fd_);
        }
    }

    Task<Result<std::size_t>> read_some(std::span<char> buffer) override;
    Task<Result<>> write(std::string_view bytes) override;
    Task<Result<>> write_pieces(std::span<const std::string_view> pieces) override;
    void poll_before_sleep(std::chrono::nanoseconds time) noexcept override { polling_.ask(time); }
    Task<Result<>> shutdown_write() override;
    void close() noexcept override;
    Result<Released> release() override;
    [[nodiscard]] int native_handle() const noexcept override { return fd_; }

  private:
    [[nodiscard]] int lend_socket() noexcept override;
    void take_back_socket() noexcept override;
    std::optional<Result<std::size_t>> read_now(std::span<char> buffer);
    Task<std::optional<Result<std::size_t>>> read_polling(std::span<char> buffer);
    Task<Result<>> write_slowly(std::string_view bytes);
    Task<Result<>> write_beside_loan(std::string_view bytes);
    bool may_hurry() noexcept;
    Result<std::size_t> end(ErrorCode code);
    Result<> give_to_asio();
    ErrorCode take_from_asio() noexcept;

    Socket socket_;  // open: it has fd_ too, and closes it
    int fd_;
    // While there are any, Asio does not have the socket.
    int loans_ = 0;
    bool closes_after_loan_ = false;
    // A peer that has connected has mostly something to say.
    bool more_is_likely_ = true;
    // Epoll tells an end once: Asio would wait for ever for a second one.
    bool ended_ = false;
    ErrorCode ended_error_;
    int hurried_ = 0;
    BusyPoll polling_;
};

constexpr int most_hurried = 32;

bool SocketStream::may_hurry() noexcept {
    if (++hurried_ > most_hurried) {
        hurried_ = 0;
        return false;
    }
    return true;
}

Result<> SocketStream::give_to_asio() {
    if (socket_.is_open()) {
        return {};
    }
    if (fd_ < 0 || loans_ > 0) {
        return os_failure("wait for socket", "", EBADF);
    }
    ErrorCode code;
    // Asio asks for a family, and has no use for it here.
    socket_.assign(asio::generic::stream_protocol(AF_UNSPEC, 0), fd_, code);
    if (code) {
        return to_error("wait for socket", code);
    }
    return {};
}

ErrorCode SocketStream::take_from_asio() noexcept {
    ErrorCode code;
    if (socket_.is_open()) {
        static_cast<void>(socket_.release(code));
    }
    return code;
}

Result<std::size_t> SocketStream::end(ErrorCode code) {
    ended_ = true;
    ended_error_ = code;
    return code ? Result<std::size_t>(to_error("read", code)) : Result<std::size_t>(std::size_t{0});
}

/// What the socket has; nothing if one would have to wait for it.
std::optional<Result<std::size_t>> SocketStream::read_now(std::span<char> buffer) {
    const auto got =
        os::retry([&] { return ::recv(fd_, buffer.data(), buffer.size(), MSG_DONTWAIT); });
    if (got > 0) {
        const auto size = static_cast<std::size_t>(got);
        more_is_likely_ = size == buffer.size();
        return size;
    }
    if ((got < 0 && errno == EAGAIN) || buffer.empty()) {
        return std::nullopt;
    }
    return end(got == 0 ? ErrorCode() : ErrorCode(errno, boost::system::system_category()));
}

/// Nothing: it has to be waited for after all.
Task<std::optional<Result<std::size_t>>> SocketStream::read_polling(std::span<char> buffer) {
    auto now = BusyPoll::Clock::now();
    const auto until = polling_.begin(now);
    std::optional<Result<std::size_t>> got;
    while (!got && now < until) {
        std::this_thread::yield();  // the peer may be the one that waits for this processor
        co_await next_turn();
        const bool cancelled = co_await is_cancelled();
        if (cancelled || fd_ < 0 || loans_ > 0) {
            co_return Result<std::size_t>(cancelled_error());
        }
        got = read_now(buffer);
        now = BusyPoll::Clock::now();
    }
    polling_.end(now);
    co_return got;
}

Task<Result<std::size_t>> SocketStream::read_some(std::span<char> buffer) {
    const bool cancelled = co_await is_cancelled();
    if (cancelled) {
        co_return cancelled_error();
    }
    if (ended_) {
        co_return end(ended_error_);
    }
    if (more_is_likely_ && may_hurry()) {
        if (auto got = read_now(buffer)) {
            co_return *std::move(got);
        }
    }
    if (polling_.asked()) {
        auto got = co_await read_polling(buffer);
        if (got) {
            co_return *std::move(got);
        }
    }
    CO_CHECK_OK(give_to_asio());
    const asio::mutable_buffer target(buffer.data(), buffer.size());
    const auto result = co_await socket_.async_read_some(target, as_result);
    const ErrorCode code = std::get<0>(result);
    const std::size_t got = std::get<1>(result);
    if (code == asio::error::operation_aborted) {
        co_return cancelled_error();
    }
    if (code) {
        co_return end(code == asio::error::eof ? ErrorCode() : code);
    }
    more_is_likely_ = got == buffer.size();
    co_return got;
}

Task<Result<>> SocketStream::write(std::string_view bytes) {
    const std::array<std::string_view, 1> pieces = {bytes};
    co_return co_await write_pieces(pieces);
}

Task<Result<>> SocketStream::write_pieces(std::span<const std::string_view> pieces) {
    constexpr std::size_t most = 8;
    const bool cancelled = co_await is_cancelled();
    if (cancelled) {
        co_return cancelled_error();
    }
    while (!pieces.empty()) {
        const auto some = pieces.first(std::min(most, pieces.size()));
        pieces = pieces.subspan(some.size());
        std::array<iovec, most> parts{};
        msghdr message{};
        message.msg_iov = parts.data();
        message.msg_iovlen = some.size();
        for (std::size_t i = 0; i < some.size(); ++i) {
            parts[i] = iovec{const_cast<char*>(some[i].data()), some[i].size()};
        }
        std::size_t sent = 0;
        if (may_hurry()) {
            const auto put =
                os::retry([&] { return ::sendmsg(fd_, &message, MSG_DONTWAIT | MSG_NOSIGNAL); });
            if (put < 0 && errno != EAGAIN) {
                co_return os::last_failure("write", "");
            }
            sent = put < 0 ? 0 : static_cast<std::size_t>(put);
        }
        for (const auto piece : some) {
            if (sent >= piece.size()) {
                sent -= piece.size();
                continue;
            }
            const std::string_view rest = piece.substr(sent);
            sent = 0;
            CO_CHECK_OK(co_await write_slowly(rest));
        }
    }
    co_return Result<>();
}

Task<Result<>> SocketStream::write_slowly(std::string_view bytes) {
    if (loans_ > 0) {
        co_return co_await write_beside_loan(bytes);
    }
    CO_CHECK_OK(give_to_asio());
    while (!bytes.empty()) {
        const asio::const_buffer source(bytes.data(), bytes.size());
        const auto result = co_await socket_.async_write_some(source, as_result);
        const ErrorCode code = std::get<0>(result);
        if (code) {
            co_return to_error("write", code);
        }
        bytes.remove_prefix(std::get<1>(result));
        const bool cancelled = co_await is_cancelled();
        if (cancelled) {
            co_return cancelled_error();
        }
    }
    co_return Result<>();
}

Task<Result<>> SocketStream::shutdown_write() {
    if (::shutdown(fd_, SHUT_WR) != 0 && errno != ENOTCONN) {
        co_return os::last_failure("shutdown", "");
    }
    co_return Result<>();
}

/// Of a stream that a thread reads from meanwhile.
Task<Result<>> SocketStream::write_beside_loan(std::string_view bytes) {
    while (!bytes.empty()) {
        CO_CHECK_OK(co_await wait_writable(fd_));
        const auto put = os::retry(
            [&] { return ::send(fd_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL); });
        if (put < 0 && errno != EAGAIN) {
            co_return os::last_failure("write", "");
        }
        bytes.remove_prefix(put < 0 ? 0 : static_cast<std::size_t>(put));
    }
    co_return Result<>();
}

void SocketStream::close() noexcept {
    if (loans_ > 0) {
        // The thread that has it sees the end.
        ::shutdown(fd_, SHUT_RDWR);
        closes_after_loan_ = true;
        return;
    }
    const int fd = std::exchange(fd_, -1);
    if (socket_.is_open()) {
        ErrorCode ignored;
        socket_.close(ignored);
    } else if (fd >= 0) {
        ::close(fd);
    }
}

int SocketStream::lend_socket() noexcept {
    if (fd_ < 0 || take_from_asio()) {
        return -1;
    }
    ++loans_;
    return fd_;
}

void SocketStream::take_back_socket() noexcept {
    if (--loans_ == 0 && closes_after_loan_) {
        ::close(std::exchange(fd_, -1));
    }
}

Result<Stream::Released> SocketStream::release() {
    if (const ErrorCode code = take_from_asio()) {
        return to_error("release", code);
    }
    return Released{os::UniqueFd(std::exchange(fd_, -1)), {}};
}

}  // namespace

std::unique_ptr<Stream> detail::stream_of(const Executor& executor, os::UniqueFd socket) {
    return std::make_unique<SocketStream>(executor, std::move(socket));
}

}  // namespace wherry::async
