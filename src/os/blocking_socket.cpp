#include "os/blocking_socket.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>

#include "os/syscall.hpp"

namespace wherry::os {

namespace {

constexpr std::size_t most_pieces = 8;
// A stop is noticed between two of these.
constexpr std::uint64_t send_file_step = std::uint64_t{4} << 20;

bool would_wait() noexcept {
    return errno == EAGAIN || errno == EWOULDBLOCK;
}

/// Takes `sent` bytes off the front.
std::span<iovec> advance(std::span<iovec> parts, std::size_t sent) {
    while (!parts.empty() && sent >= parts.front().iov_len) {
        sent -= parts.front().iov_len;
        parts = parts.subspan(1);
    }
    if (!parts.empty()) {
        parts.front().iov_base = static_cast<char*>(parts.front().iov_base) + sent;
        parts.front().iov_len -= sent;
    }
    return parts;
}

}  // namespace

Result<StopSignal> StopSignal::make() {
    TRY(const int event, checked("eventfd", "", [] { return ::eventfd(0, EFD_CLOEXEC); }));
    return StopSignal(UniqueFd(event));
}

void StopSignal::raise() const noexcept {
    const std::uint64_t one = 1;
    (void)retry([&] { return ::write(event_.get(), &one, sizeof one); });
}

Result<> BlockingSocket::wait(short events) const {
    std::array<pollfd, 2> watched = {pollfd{.fd = socket_, .events = events, .revents = 0},
                                     pollfd{.fd = stop_, .events = POLLIN, .revents = 0}};
    CHECK_OK(checked("poll", "", [&] { return ::poll(watched.data(), watched.size(), -1); }));
    if (watched[1].revents != 0) {
        return Error(ErrorKind::cancelled, "cancelled");
    }
    return {};
}

Result<> BlockingSocket::send(std::span<const std::string_view> pieces) const {
    std::array<iovec, most_pieces> storage{};
    const std::size_t count = std::min(pieces.size(), storage.size());
    for (std::size_t i = 0; i < count; ++i) {
        storage[i] = iovec{const_cast<char*>(pieces[i].data()), pieces[i].size()};
    }
    std::span<iovec> parts = advance(std::span(storage).first(count), 0);
    // A stop must end a producer whose peer is always ready, too.
    CHECK_OK(wait(POLLOUT));
    while (!parts.empty()) {
        msghdr message{};
        message.msg_iov = parts.data();
        message.msg_iovlen = parts.size();
        const auto sent =
            retry([&] { return ::sendmsg(socket_, &message, MSG_DONTWAIT | MSG_NOSIGNAL); });
        if (sent < 0 && !would_wait()) {
            return last_failure("write", "");
        }
        parts = advance(parts, sent < 0 ? 0 : static_cast<std::size_t>(sent));
        if (!parts.empty()) {
            CHECK_OK(wait(POLLOUT));
        }
    }
    return {};
}

Result<> BlockingSocket::send_file(int file, std::uint64_t offset, std::uint64_t size) const {
    auto position = static_cast<off_t>(offset);
    while (size > 0) {
        CHECK_OK(wait(POLLOUT));
        const auto step = static_cast<std::size_t>(std::min(size, send_file_step));
        const auto sent = retry([&] { return ::sendfile(socket_, file, &position, step); });
        if (sent < 0 && !would_wait()) {
            return last_failure("sendfile", "");
        }
        if (sent == 0) {
            return fail(ErrorKind::internal, "a file became shorter while it was sent");
        }
        size -= sent < 0 ? 0 : static_cast<std::uint64_t>(sent);
    }
    return {};
}

Result<std::size_t> BlockingSocket::receive(std::span<char> buffer) const {
    while (true) {
        CHECK_OK(wait(POLLIN));
        const auto got =
            retry([&] { return ::recv(socket_, buffer.data(), buffer.size(), MSG_DONTWAIT); });
        if (got >= 0) {
            return static_cast<std::size_t>(got);
        }
        if (!would_wait()) {
            return last_failure("read", "");
        }
    }
}

}  // namespace wherry::os
