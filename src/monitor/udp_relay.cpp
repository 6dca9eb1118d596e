#include "monitor/udp_relay.hpp"

#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <type_traits>
#include <utility>

#include "os/socket.hpp"
#include "os/syscall.hpp"

namespace wherry::monitor {

namespace {

constexpr std::size_t session_limit = 1024;
/// The reference's proxy: 90 seconds.
constexpr std::chrono::seconds idle_limit{90};
/// No datagram is longer.
constexpr std::size_t datagram_limit = 65536;
/// Of one descriptor, before others have their turn.
constexpr int datagrams_per_turn = 64;
/// Descriptors that sessions leave to the rest of the program.
constexpr rlim_t spare_descriptors = 64;

// Compared as bytes.
static_assert(std::has_unique_object_representations_v<UdpClient>);

/// Room for one in6_pktinfo.
struct Control {
    alignas(cmsghdr) char bytes[CMSG_SPACE(sizeof(in6_pktinfo))];
};

/// The address of ours that a datagram was sent to, as the answer's source; unspecified where it
/// cannot be one. The interface counts only where the address says nothing without it.
in6_pktinfo local_of(msghdr& message) {
    in6_pktinfo local{};
    for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr;
         part = CMSG_NXTHDR(&message, part)) {
        if (part->cmsg_level == IPPROTO_IPV6 && part->cmsg_type == IPV6_PKTINFO) {
            std::memcpy(&local, CMSG_DATA(part), sizeof local);
        }
    }
    if (IN6_IS_ADDR_MULTICAST(&local.ipi6_addr)) {
        return {};
    }
    if (!IN6_IS_ADDR_LINKLOCAL(&local.ipi6_addr)) {
        local.ipi6_ifindex = 0;
    }
    return local;
}

bool descriptors_are_short(int newest) {
    rlimit limit{};
    return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 &&
           static_cast<rlim_t>(newest) + spare_descriptors >= limit.rlim_cur;
}

}  // namespace

bool operator<(const UdpClient& a, const UdpClient& b) noexcept {
    return std::memcmp(&a, &b, sizeof a) < 0;
}

UdpRelay::UdpRelay(EventLoop& loop, int listener, wire::Relay target, int network_namespace)
    : loop_(loop),
      listener_(listener),
      target_(std::move(target)),
      network_namespace_(network_namespace),
      sessions_(session_limit, idle_limit) {
    if (os::socket_family(listener_) == AF_INET6) {
        const int yes = 1;
        (void)::setsockopt(listener_, IPPROTO_IPV6, IPV6_RECVPKTINFO, &yes, sizeof yes);
    }
    loop_.watch(listener_, EPOLLIN, [this](std::uint32_t /*events*/) { carry_in(); });
}

UdpRelay::~UdpRelay() {
    loop_.forget(listener_);
    loop_.cancel(expiry_timer_);
}

void UdpRelay::carry_in() {
    char buffer[datagram_limit];
    for (int i = 0; i < datagrams_per_turn; ++i) {
        UdpClient client;
        const auto size = receive(buffer, client);
        if (!size) {
            break;
        }
        if (const UdpSession* session = session_of(client); session != nullptr) {
            // A refusal of what went before is told here; this one has not been sent then.
            for (int attempt = 0; attempt < 2; ++attempt) {
                const auto sent = os::retry(
                    [&] { return ::send(session->inside(), buffer, *size, MSG_NOSIGNAL); });
                if (sent >= 0 || errno != ECONNREFUSED) {
                    break;
                }
            }
        }
    }
    arm();
}

std::optional<std::size_t> UdpRelay::receive(std::span<char> buffer, UdpClient& client) {
    Control control{};
    iovec where{.iov_base = buffer.data(), .iov_len = buffer.size()};
    msghdr message{};
    message.msg_name = &client.name;
    message.msg_namelen = sizeof client.name;
    message.msg_iov = &where;
    message.msg_iovlen = 1;
    message.msg_control = control.bytes;
    message.msg_controllen = sizeof control.bytes;
    const auto got = os::retry([&] { return ::recvmsg(listener_, &message, 0); });
    if (got < 0) {
        return std::nullopt;
    }
    if (client.name.sin6_family == AF_INET6) {
        client.name.sin6_flowinfo = 0;
        client.local = local_of(message);
    }
    return static_cast<std::size_t>(got);
}

UdpSession* UdpRelay::session_of(const UdpClient& client) {
    const auto now = EventLoop::Clock::now();
    if (UdpSession* known = sessions_.use(client, now); known != nullptr) {
        return known;
    }
    auto inside = open_inside();
    if (!inside) {
        return nullptr;
    }
    UdpSession& session = sessions_.add(client, UdpSession(loop_, std::move(inside)), now);
    loop_.watch(session.inside(), EPOLLIN,
                [this, client](std::uint32_t /*events*/) { carry_out(client); });
    return &session;
}

/// With a low enough number: the oldest sessions make room until there is one. Another descriptor
/// may have taken what one of them has left.
os::UniqueFd UdpRelay::open_inside() {
    for (;;) {
        auto inside = connect_inside(target_, network_namespace_);
        const bool lacking =
            inside ? descriptors_are_short(inside->get()) : inside.error().os_error() == EMFILE;
        if (!lacking) {
            return inside ? *std::move(inside) : os::UniqueFd();
        }
        if (!sessions_.drop_oldest()) {
            return {};
        }
    }
}

void UdpRelay::carry_out(const UdpClient& client) {
    const UdpSession* session = sessions_.use(client, EventLoop::Clock::now());
    if (session == nullptr) {
        return;
    }
    char buffer[datagram_limit];
    for (int i = 0; i < datagrams_per_turn; ++i) {
        const auto got =
            os::retry([&] { return ::recv(session->inside(), buffer, sizeof buffer, 0); });
        if (got >= 0) {
            answer(client, {buffer, static_cast<std::size_t>(got)});
        } else if (errno != ECONNREFUSED) {  // nobody listens inside yet, or no longer
            break;
        }
    }
}

void UdpRelay::answer(const UdpClient& client, std::span<const char> datagram) {
    UdpClient to = client;
    Control control{};
    iovec what{.iov_base = const_cast<char*>(datagram.data()), .iov_len = datagram.size()};
    msghdr message{};
    message.msg_name = &to.name;
    message.msg_namelen = to.name.sin6_family == AF_INET6 ? sizeof to.name : sizeof(sockaddr_in);
    message.msg_iov = &what;
    message.msg_iovlen = 1;
    if (!IN6_IS_ADDR_UNSPECIFIED(&to.local.ipi6_addr)) {
        message.msg_control = control.bytes;
        message.msg_controllen = sizeof control.bytes;
        cmsghdr* part = CMSG_FIRSTHDR(&message);
        part->cmsg_level = IPPROTO_IPV6;
        part->cmsg_type = IPV6_PKTINFO;
        part->cmsg_len = CMSG_LEN(sizeof to.local);
        std::memcpy(CMSG_DATA(part), &to.local, sizeof to.local);
    }
    (void)os::retry([&] { return ::sendmsg(listener_, &message, MSG_NOSIGNAL); });
}

void UdpRelay::expire() {
    expiry_timer_ = 0;
    sessions_.expire(EventLoop::Clock::now());
    arm();
}

/// Once for all sessions: one that was used meanwhile is only waited for again.
void UdpRelay::arm() {
    const auto next = sessions_.next_expiry();
    if (expiry_timer_ != 0 || !next) {
        return;
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*next - EventLoop::Clock::now());
    expiry_timer_ = loop_.after(left, [this] { expire(); });
}

}  // namespace wherry::monitor
