#include "embed/transport.hpp"

#include <boost/asio/this_coro.hpp>

#include "embed/runner.hpp"
#include "net/async/socket.hpp"

namespace wherry::embed {

namespace {

Task<Result<http::StreamPtr>> open_connection(std::shared_ptr<Runner> runner) {
    CO_TRY(auto socket, runner->connect());
    const async::Executor executor = co_await boost::asio::this_coro::executor;
    co_return async::adopt_socket(executor, std::move(socket));
}

/// Without its errno, which would be taken for that of a connection.
Task<Result<http::StreamPtr>> refuse(ErrorKind kind, std::string message) {
    co_return Error(kind, std::move(message));
}

}  // namespace

http::Endpoint transport_to(std::shared_ptr<Runner> runner) {
    http::CustomEndpoint endpoint;
    endpoint.connect = [runner = std::move(runner)] { return open_connection(runner); };
    return {std::move(endpoint)};
}

http::Endpoint transport_that_fails(Error error) {
    http::CustomEndpoint endpoint;
    endpoint.connect = [error = std::move(error)] { return refuse(error.kind(), error.message()); };
    return {std::move(endpoint)};
}

sdk::CorePtr make_core(const ClientOptions& options, http::Endpoint transport) {
    return std::make_shared<sdk::Core>(options, std::move(transport), address);
}

}  // namespace wherry::embed
