// The thread of an embedded engine: its loop, its service, and how clients get to it.
#pragma once

#include <chrono>
#include <future>
#include <memory>
#include <mutex>
#include <thread>

#include "base/result.hpp"
#include "net/async/event.hpp"
#include "net/async/loop.hpp"
#include "os/unique_fd.hpp"
#include "server/service.hpp"

namespace wherry::embed {

class Runner {
  public:
    /// Starts the thread and returns when the engine is ready, or could not be opened.
    [[nodiscard]] static Result<std::shared_ptr<Runner>> start(server::EngineConfig config,
                                                               std::chrono::milliseconds end_grace);
    Runner(const Runner&) = delete;
    Runner& operator=(const Runner&) = delete;
    ~Runner();

    /// A connection to the engine's API. From any thread.
    [[nodiscard]] Result<os::UniqueFd> connect();
    /// Ends the engine; containers run on. From any thread but the engine's own.
    void close();

  private:
    explicit Runner(std::chrono::milliseconds end_grace) : end_grace_(end_grace) {}
    void run(server::EngineConfig config, std::promise<Result<>> ready);
    [[nodiscard]] Task<> serve();
    void take(os::UniqueFd connection);

    std::chrono::milliseconds end_grace_;
    async::Loop loop_;
    async::Event ending_;                       // loop thread
    std::unique_ptr<server::Service> service_;  // loop thread
    std::mutex mutex_;                          // of open_
    bool open_ = false;
    std::thread thread_;
};

}  // namespace wherry::embed
