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
[[nodiscard]] Result<std::unique_ptr<Stream>> adopt_socket(const Executor& executor,
                                                           os::UniqueFd socket);
[[nodiscard]] Task<Result<std::unique_ptr<Stream>>> connect_unix(std::string path);
/// One address of `os::resolve`; `name` is for the error's text.
[[nodiscard]] Task<Result<std::unique_ptr<Stream>>> connect_tcp(os::SocketAddress address,
                                                                std::string name);

/// Waits until the descriptor is readable (a pidfd: until the process has ended), or has an error
/// or end to tell. The descriptor stays the caller's, and open meanwhile; it becomes non-blocking,
/// where that applies.
[[nodiscard]] Task<Result<>> wait_readable(int fd);
[[nodiscard]] Task<Result<>> wait_writable(int fd);

/// Takes connections from a listening socket.
class Acceptor {
  public:
    Acceptor(const Executor& executor, os::UniqueFd listener);
    Acceptor(const Acceptor&) = delete;
    Acceptor& operator=(const Acceptor&) = delete;
    ~Acceptor();
    /// The next connection. Out of descriptors is waited out, not reported.
    [[nodiscard]] Task<Result<os::UniqueFd>> accept();
    /// A waiting `accept` ends with an error.
    void close() noexcept;
    [[nodiscard]] int native_handle() const noexcept;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace wherry::async
