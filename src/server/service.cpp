#include "server/service.hpp"

#include <algorithm>

#include "engine/containers/containers.hpp"
#include "net/async/loop.hpp"

namespace wherry::server {

Result<std::unique_ptr<Service>> Service::open(EngineConfig config, async::Loop& loop,
                                               http::ServerOptions options) {
    TRY(auto engine, Engine::open(std::move(config), loop));
    return std::unique_ptr<Service>(new Service(std::move(engine), loop.executor(), options));
}

Service::Service(std::unique_ptr<Engine> engine, const async::Executor& executor,
                 http::ServerOptions options)
    : engine_(std::move(engine)),
      dispatcher_(*engine_),
      server_(
          executor, [this](http::Request& request) { return dispatcher_.handle(request); },
          options) {}

Service::~Service() = default;

bool Service::is_unused() const {
    const auto& all = engine_->containers().catalog().all();
    return server_.connections() == 0 && std::ranges::none_of(all, [](const auto& entry) {
               return entry.second->state.running || !entry.second->restored.is_set();
           });
}

Task<> Service::close(async::Duration grace) {
    server_.stop_listening();
    co_await engine_->close();
    co_await server_.shutdown(grace);
}

}  // namespace wherry::server
