// An HTTP/1.1 client of one endpoint, with kept connections. Loop thread only.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <variant>

#include "net/async/sleep.hpp"
#include "net/http/message.hpp"
#include "net/http/tls.hpp"

namespace wherry::http {

struct UnixEndpoint {
    std::string path;
};
struct TcpEndpoint {
    std::string host;  ///< a name or an address, without brackets
    std::string port;
    TlsContextPtr tls;  ///< null for plain HTTP
};
/// Connections that are made elsewhere: an engine in this process, an ssh program, a test.
struct CustomEndpoint {
    std::function<Task<Result<StreamPtr>>()> connect;
    std::string host = "localhost";  ///< for the Host header
};
using Endpoint = std::variant<UnixEndpoint, TcpEndpoint, CustomEndpoint>;

/// Limits of the phases; zero means none. There is none on a whole request: see `with_deadline`.
struct ClientTimeouts {
    async::Duration connect = std::chrono::seconds(30);  ///< name look-up included
    async::Duration tls = std::chrono::seconds(30);
    async::Duration first_byte{0};  ///< from the request's last byte to the response's head
    async::Duration idle{0};        ///< between two pieces of a response's body
};

struct ClientOptions {
    ClientTimeouts timeouts;
    std::size_t max_idle_connections = 6;
    async::Duration keep_idle = std::chrono::seconds(30);
    std::size_t head_limit = std::size_t{1} << 20;
};

struct ClientRequest {
    std::string method = "GET";
    std::string target = "/";  ///< path and query, percent-encoded
    Headers headers;           ///< Host is added if it is missing; framing is the client's
    /// A StreamBody runs beside the reading of the response, and may be resumed once more, to see
    /// that it is cancelled, after the response was dropped: let it own what it uses.
    std::variant<std::string, StreamBody> body;
    std::optional<std::uint64_t> content_length;  ///< of a StreamBody; chunked without
};

struct ClientResponse {
    int status = 0;
    std::string reason;
    Headers headers;
    std::optional<std::uint64_t> content_length;
    /// Never null. Read to its end, the connection is kept; dropped before, it is closed.
    std::unique_ptr<BodyReader> body;
};

struct ClientUpgrade {
    ClientResponse response;
    /// The connection, with all bytes after the head; null if the server answered otherwise, and
    /// then `response.body` holds what it said.
    StreamPtr stream;
};

class Client {
  public:
    Client(const async::Executor& executor, Endpoint endpoint, ClientOptions options = {});
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;
    /// Responses may outlive it; their connections are not kept then.
    ~Client();

    /// Sends the request and waits for the response's head. Redirects and statuses are the
    /// caller's. One retry, and only if a kept connection turned out to be dead: nothing was sent,
    /// or the method is safe to send twice and nothing had come back.
    [[nodiscard]] Task<Result<ClientResponse>> send(ClientRequest request);
    /// Sends the request and takes the connection over if the server agrees: status 101, or 200
    /// without a length. Adds `Connection: Upgrade` and `Upgrade: tcp` if there is no Upgrade.
    [[nodiscard]] Task<Result<ClientUpgrade>> upgrade(ClientRequest request);
    void close_idle() noexcept;
    [[nodiscard]] std::size_t idle_connections() const noexcept;

  private:
    struct State;
    std::shared_ptr<State> state_;  // responses hold a weak one, to give their connection back
};

}  // namespace wherry::http
