// Watches over all connections of a server with one timer: deadlines, and peers that go away while
// their request is handled. A request that is answered soon costs no system call here.
#pragma once

#include <chrono>
#include <list>

#include "net/async/hangup_watch.hpp"
#include "net/async/task_group.hpp"
#include "net/async/timer.hpp"

namespace wherry::http {

using Clock = std::chrono::steady_clock;

/// How long a connection may take for what; zero means for ever.
struct Deadlines {
    async::Duration idle = std::chrono::minutes(5);    ///< between two requests
    async::Duration head = std::chrono::seconds(60);   ///< from a head's first byte to its last
    async::Duration write = std::chrono::minutes(5);   ///< one write of an ordinary response
    async::Duration stream_write{0};                   ///< one write of a streamed response
    async::Duration linger = std::chrono::seconds(2);  ///< for the peer to read our last words
};

class Supervisor;

/// What the supervisor knows of a connection.
class Supervised {
  public:
    enum class Phase { idle, head, handling, streaming, lingering };

    Supervised(Supervisor* supervisor, int fd);
    Supervised(const Supervised&) = delete;
    Supervised& operator=(const Supervised&) = delete;
    ~Supervised();

    /// The task that is cancelled when the time is up or the peer has gone.
    [[nodiscard]] async::TaskHandle& task() noexcept { return task_; }
    void enter(Phase phase);
    [[nodiscard]] Phase phase() const noexcept { return phase_; }
    [[nodiscard]] Clock::time_point since() const noexcept { return since_; }
    void begin_write() { writing_since_ = Clock::now(); }
    void end_write() noexcept { writing_since_ = {}; }
    void cancel() noexcept { task_.cancel(); }

  private:
    friend class Supervisor;

    Supervisor* supervisor_;
    int fd_;
    async::TaskHandle task_;
    Phase phase_ = Phase::idle;
    bool has_asked_ = false;  // there was a request before
    Clock::time_point since_ = Clock::now();
    Clock::time_point writing_since_;
    bool watched_ = false;
    std::list<Supervised*>::iterator at_;
};

class Supervisor {
  public:
    Supervisor(const async::Executor& executor, Deadlines deadlines);
    /// Cancels the connection that has been idle longest; false if none is idle. One that has not
    /// sent its first request yet gets a second for it.
    bool evict_idle();
    void cancel_idle();
    [[nodiscard]] std::size_t size() const noexcept { return members_.size(); }

  private:
    friend class Supervised;

    void wake(async::Duration within);
    void tick();
    /// Acts on what is due; returns when to look again (zero: never).
    async::Duration check(Supervised& member, Clock::time_point now);
    [[nodiscard]] async::Duration limit_of(const Supervised& member) const noexcept;
    async::Duration watch_peer(Supervised& member, Clock::time_point now);

    Deadlines deadlines_;
    async::Timer timer_;
    Clock::time_point next_tick_ = Clock::time_point::max();
    async::HangupWatch hangups_;
    std::list<Supervised*> members_;
};

}  // namespace wherry::http
