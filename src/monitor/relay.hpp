// Clients of a published port that the kernel's address translation cannot serve (`::1`): each is
// carried into the container's network namespace by the monitor.
#pragma once

#include <memory>

#include "base/result.hpp"
#include "codec/wire/start.hpp"
#include "monitor/event_loop.hpp"
#include "os/unique_fd.hpp"

namespace wherry::monitor {

/// Serves all clients of one socket for as long as it lives.
class Relay {
  public:
    Relay() = default;
    Relay(const Relay&) = delete;
    Relay& operator=(const Relay&) = delete;
    virtual ~Relay() = default;
};

/// `listener` (non-blocking; it listens, if it is TCP) and the namespace (-1: our own) stay the
/// caller's, and open longer than the relay.
[[nodiscard]] std::unique_ptr<Relay> make_relay(EventLoop& loop, int listener,
                                                const wire::Relay& target, int network_namespace);

/// A socket inside the namespace that has begun to connect to the target (for UDP: that is
/// connected). `invalid` if the address is no numeric one.
[[nodiscard]] Result<os::UniqueFd> connect_inside(const wire::Relay& target, int network_namespace);

}  // namespace wherry::monitor
