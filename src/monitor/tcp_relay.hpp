// TCP: each connection is made again inside, and bytes are spliced both ways.
#pragma once

#include <list>
#include <memory>

#include "codec/wire/start.hpp"
#include "monitor/event_loop.hpp"
#include "monitor/relay.hpp"

namespace wherry::monitor {

class RelayedStream;

/// All connections of one listening socket, which stays the caller's.
class TcpRelay : public Relay {
  public:
    TcpRelay(EventLoop& loop, int listener, wire::Relay target, int network_namespace);
    ~TcpRelay() override;

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
