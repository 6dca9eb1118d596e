// Sockets and other descriptors on the loop.
#pragma once

#include <memory>
#include <string>

#include "net/async/stream.hpp"
#include "net/async/task.hpp"
#include "os/socket.hpp"
#include "os/unique_fd.hpp"

namespace wherry::async {

/// A connected stream socket that was made elsewhere.
[[nodiscard]] std::unique_ptr<Stream> adopt_socket(const Executor& executor, os::UniqueFd socket);
[[nodiscard]] Task<Result<std::unique_ptr<Stream>>> connect_unix(std::string path);
/// One address of `os::resolve`; `name` is for the error's text.
[[nodiscard]] Task<Result<std::unique_ptr<Stream>>> connect_tcp(os::SocketAddress address,
                                                                std::string name);

/// Waits until the descriptor is readable (a pidfd: until the process has ended), or has an error
/// or end to tell. The descriptor stays the caller's, and open meanwhile; it becomes non-blocking,
/// where that applies.
[[nodiscard]] Task<Result<>> wait_readable(int fd);
[[nodiscard]] Task<Result<>> wait_writable(int fd);

namespace detail {
/// `adopt_socket` of one that needs no preparation.
[[nodiscard]] std::unique_ptr<Stream> stream_of(const Executor& executor, os::UniqueFd socket);
/// Sends what is written at once, however little (TCP_NODELAY); a listener's connections inherit
/// it.
void answer_at_once(int socket) noexcept;
}  // namespace detail

}  // namespace wherry::async
