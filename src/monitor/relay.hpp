// Connections to a published port that the kernel's address translation cannot serve (`::1`): each
// is made again inside the container's network namespace, and bytes are spliced both ways.
#pragma once

#include <cstdint>
#include <list>
#include <memory>

#include "codec/wire/start.hpp"
#include "monitor/event_loop.hpp"
#include "os/unique_fd.hpp"

namespace wherry::monitor {

class RelayedStream;

/// All connections of one listening socket, which stays the caller's.
class Relays {
  public:
    Relays(EventLoop& loop, int listener, wire::Relay target, int network_namespace);
    Relays(const Relays&) = delete;
    Relays& operator=(const Relays&) = delete;
    ~Relays();

  private:
    void accept();
    void sweep();

    EventLoop& loop_;
    int listener_;
    wire::Relay target_;
    int network_namespace_;
    std::list<std::unique_ptr<RelayedStream>> streams_;
    EventLoop::TimerId sweep_timer_ = 0;
};

}  // namespace wherry::monitor
