#include "net/http/server.hpp"

#include <list>

#include "base/log.hpp"
#include "base/scope_guard.hpp"
#include "net/async/acceptor.hpp"
#include "net/async/event.hpp"
#include "net/async/socket.hpp"
#include "net/async/task_group.hpp"
#include "net/http/connection.hpp"

namespace wherry::http {

namespace {
constexpr async::Duration full_recheck = std::chrono::milliseconds(200);
}

struct Server::Impl {
    Impl(const async::Executor& on, Handler to, const ServerOptions& given)
        : executor(on),
          handler(std::move(to)),
          options(given),
          supervisor(on, given.deadlines),
          listening(on),
          serving(on) {}

    Task<> accept_all(async::Acceptor* acceptor, std::shared_ptr<TlsContext> tls);
    void start(std::unique_ptr<async::Stream> stream, std::shared_ptr<TlsContext> tls);
    Task<> serve(std::unique_ptr<Connection> connection);
    Task<> end_requests();

    async::Executor executor;
    Handler handler;
    ServerOptions options;
    DateCache date;
    Supervisor supervisor;
    std::list<async::Acceptor> acceptors;
    async::TaskGroup listening;
    async::TaskGroup serving;
    async::Event ended;  // some connection, since it was reset
    bool stopping = false;
};

void Server::Impl::start(std::unique_ptr<async::Stream> stream, std::shared_ptr<TlsContext> tls) {
    const ConnectionContext context{&handler, &options, &date, &supervisor, &stopping};
    auto connection = std::make_unique<Connection>(context, std::move(stream), std::move(tls));
    async::TaskHandle& task = connection->task();
    // Its request is mostly there already, and is answered before anything else is done.
    serving.spawn_now(serve(std::move(connection)), task);
}

Task<> Server::Impl::serve(std::unique_ptr<Connection> connection) {
    const auto tell = on_exit([&]() noexcept {
        connection.reset();
        ended.set();
    });
    co_await connection->serve();
}

Task<> Server::Impl::accept_all(async::Acceptor* acceptor, std::shared_ptr<TlsContext> tls) {
    while (true) {
        while (serving.size() >= options.max_connections) {
            ended.reset();
            supervisor.evict_idle();
            // Not for longer: by then another may have become idle.
            const Result<> waited = co_await async::with_deadline(ended.wait(), full_recheck);
            if (!waited.ok() && waited.error().kind() == ErrorKind::cancelled) {
                co_return;
            }
        }
        auto socket = co_await acceptor->accept();
        if (!socket) {
            if (socket.error().kind() != ErrorKind::cancelled) {
                log::error("listener stopped error={}", socket.error().message());
            }
            co_return;
        }
        start(*std::move(socket), tls);
    }
}

Task<> Server::Impl::end_requests() {
    co_await serving.join();
}

Server::Server(const async::Executor& executor, Handler handler, ServerOptions options)
    : impl_(std::make_unique<Impl>(executor, std::move(handler), options)) {}
Server::~Server() = default;

void Server::listen(os::UniqueFd listener, std::shared_ptr<TlsContext> tls) {
    impl_->acceptors.emplace_back(impl_->executor, std::move(listener));
    impl_->listening.spawn(impl_->accept_all(&impl_->acceptors.back(), std::move(tls)));
}

void Server::serve(os::UniqueFd connection) {
    impl_->start(async::adopt_socket(impl_->executor, std::move(connection)), nullptr);
}

std::size_t Server::connections() const noexcept {
    return impl_->serving.size();
}

void Server::stop_listening() noexcept {
    impl_->listening.cancel();
    for (auto& acceptor : impl_->acceptors) {
        acceptor.close();
    }
}

Task<> Server::shutdown(async::Duration grace) {
    stop_listening();
    co_await impl_->listening.join();
    impl_->stopping = true;
    impl_->supervisor.cancel_idle();
    co_await async::detail::run_limited(impl_->end_requests(), grace);
    impl_->serving.cancel();
    co_await impl_->serving.join();
}

}  // namespace wherry::http
