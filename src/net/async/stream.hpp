// Bytes both ways. Reading and writing may overlap; two reads, or two writes, may not.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "net/async/task.hpp"
#include "os/unique_fd.hpp"

namespace wherry::async {

class Stream {
  public:
    Stream() = default;
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;
    virtual ~Stream() = default;
    /// 0 means that the peer closed its side.
    [[nodiscard]] virtual Task<Result<std::size_t>> read_some(std::span<char> buffer) = 0;
    [[nodiscard]] virtual Task<Result<>> write(std::string_view bytes) = 0;
    /// Several pieces in a row, in one system call where that is possible.
    [[nodiscard]] virtual Task<Result<>> write_pieces(std::span<const std::string_view> pieces);
    /// The next `read_some` that would sleep looks for bytes so long before it does, between the
    /// loop's other work. For a peer that most likely sends some at once.
    virtual void poll_before_sleep(std::chrono::nanoseconds) noexcept {}
    /// Half-close: the peer sees the end, reading goes on.
    [[nodiscard]] virtual Task<Result<>> shutdown_write() = 0;
    /// Whoever reads or writes is woken with an error.
    virtual void close() noexcept = 0;
    /// Gives the socket away (taken out of epoll) with any bytes that were read past the head.
    /// `unsupported` for TLS: pump it instead. O_NONBLOCK stays set, and is shared by all
    /// duplicates of the descriptor.
    struct Released {
        os::UniqueFd socket;
        std::string already_read;
    };
    [[nodiscard]] virtual Result<Released> release() = 0;
    /// Whether `release` has a socket to give.
    [[nodiscard]] virtual bool can_release() const noexcept { return true; }
    /// The socket, to look at it; -1 where there is none.
    [[nodiscard]] virtual int native_handle() const noexcept { return -1; }

  private:
    friend class SocketLoan;
    /// The socket, where its bytes are the stream's own; -1 for TLS and the like.
    [[nodiscard]] virtual int lend_socket() noexcept { return -1; }
    virtual void take_back_socket() noexcept {}
};

/// A stream's socket in the hands of a thread that sends or receives on it, while nobody reads, or
/// nobody writes, by the stream. The loop does not watch it meanwhile, and is not woken by what the
/// thread does there. Begins and ends on the loop's thread, within the stream's life.
class SocketLoan {
  public:
    explicit SocketLoan(Stream& stream) : stream_(&stream), fd_(stream.lend_socket()) {}
    SocketLoan(SocketLoan&& other) noexcept
        : stream_(other.stream_), fd_(std::exchange(other.fd_, -1)) {}
    SocketLoan& operator=(SocketLoan&&) = delete;
    ~SocketLoan() {
        if (fd_ >= 0) {
            stream_->take_back_socket();
        }
    }
    /// -1: this stream has none to lend (TLS).
    [[nodiscard]] int fd() const noexcept { return fd_; }

  private:
    Stream* stream_;
    int fd_;
};

/// Copies until the source ends, then half-closes the target.
[[nodiscard]] Task<Result<>> pump(Stream& source, Stream& target);

/// Calls `take` with a stream whose socket can be given away: `stream` itself or, where it has none
/// (TLS, a websocket), one end of a socket pair. Its bytes are pumped then, half-closes included,
/// until both directions have ended.
[[nodiscard]] Task<> with_socket(std::unique_ptr<Stream> stream,
                                 std::function<Task<>(std::unique_ptr<Stream>)> take);

}  // namespace wherry::async
