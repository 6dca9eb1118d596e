#include "monitor/tcp_relay.hpp"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "os/syscall.hpp"

namespace wherry::monitor {

/// Two sockets and a pipe for each direction.
class RelayedStream {
  public:
    RelayedStream(EventLoop& loop, os::UniqueFd client, os::UniqueFd server)
        : loop_(loop), ends_{std::move(client), std::move(server)} {}
    RelayedStream(const RelayedStream&) = delete;
    RelayedStream& operator=(const RelayedStream&) = delete;
    ~RelayedStream() {
        for (const auto& end : ends_) {
            loop_.forget(end.get());
        }
    }

    bool begin(std::function<void()> ended) {
        ended_ = std::move(ended);
        for (auto& way : ways_) {
            int fds[2];
            if (::pipe2(fds, O_CLOEXEC | O_NONBLOCK) != 0) {
                return false;
            }
            way.read.reset(fds[0]);
            way.write.reset(fds[1]);
        }
        // The connection inside is made when it becomes writable; until then nothing is moved.
        loop_.watch(ends_[1].get(), EPOLLOUT, [this](std::uint32_t events) { step(1, events); });
        loop_.watch(ends_[0].get(), 0, [this](std::uint32_t events) { step(0, events); });
        return true;
    }
    [[nodiscard]] bool over() const noexcept { return over_; }

  private:
    /// From ends_[i] to the other end.
    struct Way {
        os::UniqueFd read;
        os::UniqueFd write;
        std::size_t inside = 0;
        bool source_ended = false;
        bool closed = false;
    };
    static constexpr std::size_t chunk = 64 * 1024;

    void step(std::size_t end, std::uint32_t events) {
        connected_ = connected_ || (end == 1 && (events & EPOLLOUT) != 0);
        if ((events & EPOLLERR) != 0 || !connected_) {
            over_ = over_ || (events & (EPOLLERR | EPOLLHUP)) != 0;
        } else {
            move(0);
            move(1);
        }
        if (over_ || (ways_[0].closed && ways_[1].closed)) {
            over_ = true;
            loop_.forget(ends_[0].get());
            loop_.forget(ends_[1].get());
            ended_();
            return;
        }
        update();
    }

    void move(std::size_t i) {
        Way& way = ways_[i];
        const int source = ends_[i].get();
        const int target = ends_[1 - i].get();
        bool progress = true;
        while (progress && !over_ && !way.closed) {
            progress = false;
            if (!way.source_ended && way.inside < chunk) {
                const auto got = splice(source, way.write.get());
                way.source_ended = got == 0;
                way.inside += got > 0 ? static_cast<std::size_t>(got) : 0;
                progress = got > 0;
            }
            if (way.inside > 0) {
                const auto put = splice(way.read.get(), target);
                way.inside -= put > 0 ? static_cast<std::size_t>(put) : 0;
                progress = progress || put > 0;
            }
            if (way.source_ended && way.inside == 0) {
                (void)::shutdown(target, SHUT_WR);
                way.closed = true;
            }
        }
    }

    /// -1: not now.
    ssize_t splice(int from, int to) {
        const auto moved = os::retry([&] {
            return ::splice(from, nullptr, to, nullptr, chunk, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
        });
        over_ = over_ || (moved < 0 && errno != EAGAIN);
        return moved;
    }

    void update() {
        for (std::size_t i = 0; i < 2; ++i) {
            const Way& out = ways_[i];
            const Way& in = ways_[1 - i];
            std::uint32_t events = 0;
            if (connected_) {
                events = (!out.source_ended && out.inside < chunk ? EPOLLIN : 0U) |
                         (in.inside > 0 ? EPOLLOUT : 0U);
            } else if (i == 1) {
                events = EPOLLOUT;
            }
            loop_.change(ends_[i].get(), events);
        }
    }

    EventLoop& loop_;
    std::array<os::UniqueFd, 2> ends_;
    std::array<Way, 2> ways_;
    std::function<void()> ended_;
    bool connected_ = false;
    bool over_ = false;
};

TcpRelay::TcpRelay(EventLoop& loop, int listener, wire::Relay target, int network_namespace)
    : loop_(loop),
      listener_(listener),
      target_(std::move(target)),
      network_namespace_(network_namespace) {
    loop_.watch(listener_, EPOLLIN, [this](std::uint32_t /*events*/) { accept(); });
}

TcpRelay::~TcpRelay() {
    loop_.forget(listener_);
    loop_.cancel(sweep_timer_);
}

void TcpRelay::accept() {
    os::UniqueFd client(os::retry(
        [&] { return ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK); }));
    if (!client) {
        return;
    }
    auto server = connect_inside(target_, network_namespace_);
    if (!server) {
        return;  // closing the client's socket is the answer
    }
    auto& stream = streams_.emplace_back(
        std::make_unique<RelayedStream>(loop_, std::move(client), *std::move(server)));
    const bool begun = stream->begin([this] {
        loop_.cancel(sweep_timer_);
        sweep_timer_ = loop_.after(std::chrono::milliseconds(0), [this] { sweep(); });
    });
    if (!begun) {
        streams_.pop_back();
    }
}

void TcpRelay::sweep() {
    streams_.remove_if([](const auto& stream) { return stream->over(); });
}

}  // namespace wherry::monitor
