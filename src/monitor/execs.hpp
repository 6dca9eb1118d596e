// All processes that were started beside the payload, those that run and the ends that no daemon
// has stored yet.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "codec/wire/exec.hpp"
#include "monitor/exec.hpp"

namespace wherry::monitor {

class Execs {
  public:
    struct Events {
        std::function<void(const wire::ExecEnded&)> ended;
        /// Of clients with detach keys only.
        Stdio::AttachEnded attach_ended;
        /// One is done, its clients too.
        std::function<void()> settled;
    };
    /// How a start went; one of the two is called, once.
    struct Reply {
        std::function<void(const wire::ExecStarted&)> started;
        std::function<void(const wire::Failure&)> failed;
    };

    /// `container` is the run, whose request must be known before the first start.
    Execs(EventLoop& loop, const wire::StartRequest& container, Events events)
        : loop_(loop), container_(container), events_(std::move(events)) {}

    /// The process's description, and the client's socket if it has one.
    void start(wire::ExecRequest request, std::vector<os::UniqueFd> fds, std::uint32_t attach_id,
               Reply reply);
    /// A health probe: it has no client and is not listed.
    struct ProbeEvents {
        std::function<void()> started;
        std::function<void(const std::string& text)> failed;
        std::function<void(int status)> ended;
        std::function<void(std::string_view)> output;
    };
    void start_probe(const wire::HealthPlan& health, ProbeEvents events);
    /// The probe that runs.
    void kill_probe();
    void reaped(const os::Ended& ended);
    [[nodiscard]] Result<> resize(const std::string& id, unsigned height, unsigned width);
    [[nodiscard]] wire::ExecList list() const;
    void forget(const std::string& id) { ends_.erase(id); }
    /// One runs, or still has clients.
    [[nodiscard]] bool any() const noexcept { return !execs_.empty(); }
    void shrink();

  private:
    struct Entry {
        std::string id;  ///< empty: a probe
        std::unique_ptr<Exec> exec;
    };

    [[nodiscard]] bool any_starting() const;
    [[nodiscard]] Exec::Events events_of(const wire::ExecRequest& request, std::uint32_t attach_id,
                                         Reply reply);
    void sweep_soon();
    void sweep();

    EventLoop& loop_;
    const wire::StartRequest& container_;
    Events events_;
    unsigned last_number_ = 0;
    std::list<Entry> execs_;
    std::map<std::string, wire::ExecEnded> ends_;
    std::map<pid_t, int> unknown_;  // ended before the runtime told whose they are
};

}  // namespace wherry::monitor
