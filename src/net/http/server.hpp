// An HTTP/1.1 server: listeners in, requests to one handler. Unix sockets, TCP and single
// connections alike; TLS where a listener asks for it. Loop thread only.
#pragma once

#include <cstddef>
#include <memory>

#include "net/async/sleep.hpp"
#include "net/http/message.hpp"
#include "net/http/supervisor.hpp"
#include "os/unique_fd.hpp"

namespace wherry::http {

class TlsContext;

struct ServerOptions {
    std::size_t head_limit = std::size_t{1} << 20;
    /// Past it, the connection that has been idle longest is closed for a new one; if none is idle,
    /// new ones wait.
    std::size_t max_connections = 8192;
    /// How much of a body that the handler left is read, so that the connection can be kept.
    std::size_t drain_limit = std::size_t{256} * 1024;
    Deadlines deadlines;
    /// How long to stay awake, rather than to sleep, for the next request of a client whose last
    /// ones came in quick succession. Zero: never. Costs at most that much processor time a pause.
    async::Duration busy_poll{0};
};

class Server {
  public:
    Server(const async::Executor& executor, Handler handler, ServerOptions options = {});
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    /// After `shutdown` has ended.
    ~Server();

    /// Takes connections from a listening socket (`os::listen_unix`, `os::listen_tcp`, or one that
    /// the service manager opened).
    void listen(os::UniqueFd listener, std::shared_ptr<TlsContext> tls = nullptr);
    /// Serves one connection that was made elsewhere, such as one end of a socket pair.
    void serve(os::UniqueFd connection);
    [[nodiscard]] std::size_t connections() const noexcept;

    /// Closes the listeners; connections go on.
    void stop_listening() noexcept;
    /// Stops listening, closes idle connections, gives requests and streams `grace` to end, then
    /// cancels them, and returns when all have ended.
    [[nodiscard]] Task<> shutdown(async::Duration grace);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace wherry::http
