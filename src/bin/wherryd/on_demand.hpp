// An engine that a command brought up (`wherryd --on-demand`): it ends when no container runs and
// nobody is connected, and leaves nothing behind. Commands that look for it and the engine that
// ends agree by a lock beside the socket: while it is held, nobody connects and no second one
// starts.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "bin/wherryd/options.hpp"
#include "net/async/task.hpp"
#include "os/lock_file.hpp"

namespace wherry::server {
class Service;
}

namespace wherry::daemon {

/// Where an on-demand engine listens unless it is told.
inline constexpr const char* on_demand_host = "unix:///run/wherry/wherry.sock";

class OnDemand {
  public:
    /// Of the one unix socket that it listens on; other hosts are refused.
    [[nodiscard]] static Result<OnDemand> of(const Options& options);

    /// Returns with the lock held when the engine was unused for the whole grace.
    [[nodiscard]] Task<Result<>> until_unused(server::Service& service);
    /// After the engine's end: the socket's folder, where it is empty, and the lock go.
    void leave();

  private:
    OnDemand(std::string socket, std::chrono::milliseconds grace)
        : socket_(std::move(socket)), grace_(grace) {}

    std::string socket_;
    std::chrono::milliseconds grace_;
    std::optional<os::LockFile> lock_;
};

}  // namespace wherry::daemon
