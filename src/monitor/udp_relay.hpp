// UDP: every client has a socket of its own inside, so that answers find their way back to it.
// Datagrams are lost where a socket's buffer is full or nobody listens, as on any network.
#pragma once

#include <netinet/in.h>

#include <cstddef>
#include <optional>
#include <span>

#include "codec/wire/start.hpp"
#include "monitor/event_loop.hpp"
#include "monitor/idle_table.hpp"
#include "monitor/relay.hpp"
#include "os/unique_fd.hpp"

namespace wherry::monitor {

/// Who asks, and at which of our addresses: the answer must come from there.
struct UdpClient {
    sockaddr_in6 name{};  ///< of a v4 listener: a sockaddr_in
    in6_pktinfo local{};  ///< unspecified: the kernel chooses
};
[[nodiscard]] bool operator<(const UdpClient& a, const UdpClient& b) noexcept;

/// The socket of one client inside the namespace, watched for answers.
class UdpSession {
  public:
    UdpSession(EventLoop& loop, os::UniqueFd inside) : loop_(&loop), inside_(std::move(inside)) {}
    UdpSession(UdpSession&&) noexcept = default;
    UdpSession& operator=(UdpSession&&) = delete;
    ~UdpSession() {
        if (inside_) {
            loop_->forget(inside_.get());
        }
    }
    [[nodiscard]] int inside() const noexcept { return inside_.get(); }

  private:
    EventLoop* loop_;
    os::UniqueFd inside_;
};

/// All clients of one bound socket, which stays the caller's.
class UdpRelay : public Relay {
  public:
    UdpRelay(EventLoop& loop, int listener, wire::Relay target, int network_namespace);
    ~UdpRelay() override;

  private:
    void carry_in();
    void carry_out(const UdpClient& client);
    [[nodiscard]] std::optional<std::size_t> receive(std::span<char> buffer, UdpClient& client);
    void answer(const UdpClient& client, std::span<const char> datagram);
    [[nodiscard]] UdpSession* session_of(const UdpClient& client);
    [[nodiscard]] os::UniqueFd open_inside();
    void expire();
    void arm();

    EventLoop& loop_;
    int listener_;
    wire::Relay target_;
    int network_namespace_;
    IdleTable<UdpClient, UdpSession> sessions_;
    EventLoop::TimerId expiry_timer_ = 0;  // runs while there are sessions
};

}  // namespace wherry::monitor
