// A client's connection to its endpoint, and how it is made.
#pragma once

#include <memory>
#include <string>

#include "net/async/pool.hpp"
#include "net/http/client.hpp"
#include "net/http/head.hpp"
#include "net/http/input.hpp"
#include "os/socket.hpp"

namespace wherry::http {

struct Link {
    explicit Link(StreamPtr connected) : stream(std::move(connected)), input(stream.get()) {}
    StreamPtr stream;
    Input input;
    bool reused = false;
    std::chrono::steady_clock::time_point idle_since;
};

/// Makes connections; owns the threads that look names up.
class Connector {
  public:
    Connector(Endpoint endpoint, ClientTimeouts timeouts);
    [[nodiscard]] Task<Result<std::shared_ptr<Link>>> connect();
    /// What the Host header says.
    [[nodiscard]] const std::string& host() const noexcept { return host_; }

  private:
    Task<Result<StreamPtr>> connect_stream();
    Task<Result<StreamPtr>> connect_tcp(TcpEndpoint endpoint);
    Task<Result<std::vector<os::SocketAddress>>> look_up(std::string host, std::string port);

    Endpoint endpoint_;
    ClientTimeouts timeouts_;
    std::string host_;
    std::unique_ptr<async::Pool> lookups_;
};

/// `with_deadline`, or without one if the limit is zero.
template <class T>
[[nodiscard]] Task<Result<T>> limited(Task<Result<T>> task, async::Duration limit) {
    if (limit <= async::Duration(0)) {
        return task;
    }
    return async::with_deadline(std::move(task), limit);
}

}  // namespace wherry::http
