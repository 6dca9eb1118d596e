// An engine with its API: what `wherryd` and an embedded engine have in common. Loop thread only.
#pragma once

#include <memory>

#include "net/async/sleep.hpp"
#include "net/http/server.hpp"
#include "server/dispatcher.hpp"
#include "server/engine.hpp"

namespace wherry::server {

class Service {
  public:
    /// Opens the engine; connections are given to `api()`.
    [[nodiscard]] static Result<std::unique_ptr<Service>> open(EngineConfig config,
                                                               async::Loop& loop,
                                                               http::ServerOptions options = {});
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;
    /// After `close` has ended.
    ~Service();

    [[nodiscard]] Engine& engine() noexcept { return *engine_; }
    [[nodiscard]] http::Server& api() noexcept { return server_; }
    /// No container runs, or waits to be restarted, and nobody is connected.
    [[nodiscard]] bool is_unused() const;
    /// No new connections; requests and streams get `grace` to end. Containers run on.
    [[nodiscard]] Task<> close(async::Duration grace);

  private:
    Service(std::unique_ptr<Engine> engine, const async::Executor& executor,
            http::ServerOptions options);

    std::unique_ptr<Engine> engine_;
    Dispatcher dispatcher_;
    http::Server server_;
};

}  // namespace wherry::server
