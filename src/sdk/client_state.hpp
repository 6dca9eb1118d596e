// What copies of a blocking client share, and how its streams reach the loop.
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "sdk/bridge.hpp"
#include "sdk/core.hpp"
#include "wherry/async.hpp"

namespace wherry::sdk {

using BridgePtr = std::shared_ptr<Bridge>;  // shared by a client and its streams

/// An object of the loop that a thread holds: its end happens on the loop.
template <class T>
class OnLoop {
  public:
    OnLoop(BridgePtr bridge, T value)
        : bridge_(std::move(bridge)), value_(std::make_unique<T>(std::move(value))) {}
    OnLoop(OnLoop&&) noexcept = default;
    OnLoop& operator=(OnLoop&&) = delete;
    OnLoop(const OnLoop&) = delete;
    OnLoop& operator=(const OnLoop&) = delete;
    ~OnLoop() {
        if (value_) {
            bridge_->run_on_loop([this] { value_.reset(); });
        }
    }
    [[nodiscard]] T* operator->() const noexcept { return value_.get(); }
    template <class R>
    [[nodiscard]] R run(Task<R> task) const {
        return bridge_->run(std::move(task));
    }

  private:
    BridgePtr bridge_;
    std::unique_ptr<T> value_;
};

/// A stream of the loop, read by a thread.
template <class T>
class BridgedSource final : public Stream<T>::Source {
  public:
    BridgedSource(BridgePtr bridge, AsyncStream<T> stream)
        : stream_(std::move(bridge), std::move(stream)) {}
    Result<std::optional<T>> next() override { return stream_.run(stream_->async_next()); }
    void close() noexcept override { stream_->close(); }

  private:
    OnLoop<AsyncStream<T>> stream_;
};

struct ClientState {
    explicit ClientState(CorePtr shared_core)
        : bridge(std::make_shared<Bridge>()), core(std::move(shared_core)), async(core) {}
    ClientState(const ClientState&) = delete;
    ClientState& operator=(const ClientState&) = delete;
    /// Connections end on the loop. Calls that run hold this, so there are none.
    ~ClientState() {
        bridge->run_on_loop([this] { core->close(); });
    }

    template <class T>
    [[nodiscard]] T run(Task<T> task) const {
        return bridge->run(std::move(task));
    }
    template <class T>
    [[nodiscard]] Result<Stream<T>> run(Task<Result<AsyncStream<T>>> task) const {
        auto stream = bridge->run(std::move(task));
        if (!stream) {
            return std::move(stream).error();
        }
        return Stream<T>(std::make_unique<BridgedSource<T>>(bridge, std::move(*stream)));
    }

    BridgePtr bridge;
    CorePtr core;
    AsyncClient async;
};

}  // namespace wherry::sdk
