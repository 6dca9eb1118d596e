#include "net/http/supervisor.hpp"

#include <algorithm>

namespace wherry::http {

namespace {

using async::Duration;
using Phase = Supervised::Phase;

// Handlers that take longer than this have their peer watched.
constexpr Duration quick = std::chrono::milliseconds(200);
constexpr Duration never{0};

Duration sooner(Duration a, Duration b) {
    if (a == never || b == never) {
        return std::max(a, b);
    }
    return std::min(a, b);
}

}  // namespace

Supervised::Supervised(Supervisor* supervisor, int fd) : supervisor_(supervisor), fd_(fd) {
    at_ = supervisor_->members_.insert(supervisor_->members_.end(), this);
    supervisor_->wake(supervisor_->limit_of(*this));
}

Supervised::~Supervised() {
    supervisor_->members_.erase(at_);
    if (watched_) {
        supervisor_->hangups_.remove(fd_);
    }
}

void Supervised::enter(Phase phase) {
    if (watched_ && phase != Phase::streaming) {
        supervisor_->hangups_.remove(fd_);
        watched_ = false;
    }
    phase_ = phase;
    since_ = Clock::now();
    has_asked_ = has_asked_ || phase == Phase::handling;
    const bool handled = phase == Phase::handling || phase == Phase::streaming;
    supervisor_->wake(handled ? quick : supervisor_->limit_of(*this));
}

Supervisor::Supervisor(const async::Executor& executor, Deadlines deadlines)
    : deadlines_(deadlines), timer_(executor), hangups_(executor) {}

void Supervisor::wake(Duration within) {
    if (within == never) {
        return;
    }
    // A tick that comes somewhat late is good enough, and spares the timer.
    const auto latest = Clock::now() + within + within / 4;
    if (latest < next_tick_) {
        next_tick_ = Clock::now() + within;
        timer_.start(within, [this] { tick(); });
    }
}

void Supervisor::tick() {
    next_tick_ = Clock::time_point::max();
    const auto now = Clock::now();
    Duration next = never;
    for (auto* member : members_) {
        next = sooner(next, check(*member, now));
    }
    wake(next);
}

Duration Supervisor::limit_of(const Supervised& member) const noexcept {
    switch (member.phase_) {
        case Phase::idle:
            return deadlines_.idle;
        case Phase::head:
            return deadlines_.head;
        case Phase::lingering:
            return deadlines_.linger;
        case Phase::handling:
            return deadlines_.write;
        case Phase::streaming:
            return deadlines_.stream_write;
    }
    return never;
}

Duration Supervisor::check(Supervised& member, Clock::time_point now) {
    const Duration limit = limit_of(member);
    if (member.phase_ != Phase::handling && member.phase_ != Phase::streaming) {
        if (limit == never) {
            return never;
        }
        const Duration left = member.since_ + limit - now;
        if (left > never) {
            return left;
        }
        member.cancel();
        return never;
    }
    const Duration watch = watch_peer(member, now);
    if (limit == never) {
        return watch;
    }
    if (member.writing_since_ != Clock::time_point() && now - member.writing_since_ >= limit) {
        member.cancel();
        return never;
    }
    return sooner(watch, std::max<Duration>(limit / 4, quick));
}

Duration Supervisor::watch_peer(Supervised& member, Clock::time_point now) {
    if (member.watched_ || member.fd_ < 0) {
        return never;
    }
    const Duration left = member.since_ + quick - now;
    if (left > never) {
        return left;
    }
    member.watched_ = true;
    hangups_.add(member.fd_, [&member] {
        member.watched_ = false;
        member.cancel();
    });
    return never;
}

bool Supervisor::evict_idle() {
    Supervised* oldest = nullptr;
    const auto latest = Clock::now() - std::chrono::seconds(1);
    for (auto* member : members_) {
        const bool idle =
            member->phase_ == Phase::idle && (member->has_asked_ || member->since_ <= latest);
        if (idle && (oldest == nullptr || member->since_ < oldest->since_)) {
            oldest = member;
        }
    }
    if (oldest != nullptr) {
        oldest->cancel();
    }
    return oldest != nullptr;
}

void Supervisor::cancel_idle() {
    for (auto* member : members_) {
        if (member->phase_ == Phase::idle) {
            member->cancel();
        }
    }
}

}  // namespace wherry::http
