// Connections from a listening socket.
#pragma once

#include <memory>

#include "net/async/stream.hpp"
#include "net/async/task.hpp"
#include "os/unique_fd.hpp"

namespace wherry::async {

/// Takes connections from a listening socket.
class Acceptor {
  public:
    Acceptor(const Executor& executor, os::UniqueFd listener);
    Acceptor(const Acceptor&) = delete;
    Acceptor& operator=(const Acceptor&) = delete;
    ~Acceptor();
    /// The next connection. Out of descriptors is waited out, not reported. Where many wait, the
    /// loop has its turn between them.
    [[nodiscard]] Task<Result<std::unique_ptr<Stream>>> accept();
    /// A waiting `accept` ends with an error.
    void close() noexcept;
    [[nodiscard]] int native_handle() const noexcept;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace wherry::async
