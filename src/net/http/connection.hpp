// One connection of a server: its requests, one after the other.
#pragma once

#include <memory>

#include "net/http/body.hpp"
#include "net/http/head.hpp"
#include "net/http/input.hpp"
#include "net/http/request_pace.hpp"
#include "net/http/response_head.hpp"
#include "net/http/server.hpp"
#include "net/http/supervisor.hpp"

namespace wherry::http {

/// What the server lends its connections; it outlives them.
struct ConnectionContext {
    const Handler* handler;
    const ServerOptions* options;
    DateCache* date;
    Supervisor* supervisor;
    const bool* stopping;  ///< set: no request after the present one
};

class Connection {
  public:
    /// `tls` is null for a plain connection.
    Connection(const ConnectionContext& context, std::unique_ptr<async::Stream> stream,
               std::shared_ptr<TlsContext> tls);

    /// Of the task that serves it: what the supervisor cancels.
    [[nodiscard]] async::TaskHandle& task() noexcept { return supervised_->task(); }
    /// Until the connection ends.
    [[nodiscard]] Task<> serve();

  private:
    struct Exchange;

    Task<Result<>> handshake();
    Task<Result<std::optional<RequestHead>>> read_head();
    Task<Result<bool>> serve_one();
    Task<Result<bool>> respond(Exchange& exchange, Response& response);
    Task<Result<bool>> respond_text(Exchange& exchange, Response& response);
    Task<Result<bool>> respond_stream(Exchange& exchange, Response& response);
    Task<Result<bool>> stream_body(Exchange& exchange, const StreamBody& body, ResponsePlan plan);
    Task<Result<>> upgrade(Exchange& exchange, Response& response);
    Task<bool> drain(Exchange& exchange);
    Task<Result<>> refuse(Error error);
    Task<> linger();

    ConnectionContext context_;
    std::unique_ptr<async::Stream> stream_;
    std::shared_ptr<TlsContext> tls_;
    Input input_;
    RequestPace pace_;
    std::optional<Supervised> supervised_;
};

}  // namespace wherry::http
