// One run of a container from start to exit record: mounts, the runtime, the payload's end, and the
// clearing away. Tells its news through `Events`, and does not care whether anybody listens.
#pragma once

#include <sys/types.h>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/trace.hpp"
#include "codec/wire/message.hpp"
#include "monitor/console.hpp"
#include "monitor/event_loop.hpp"
#include "monitor/relay.hpp"
#include "monitor/stdio.hpp"
#include "os/process.hpp"
#include "os/unique_fd.hpp"

namespace wherry::monitor {

class Container {
  public:
    struct Events {
        std::function<void(const wire::Started&)> started;
        /// The start failed; everything is cleared away again.
        std::function<void(const wire::Failure&)> failed;
        /// A process of the container was killed for want of memory.
        std::function<void()> out_of_memory;
        /// The exit record is written, the runtime's state may still be there.
        std::function<void(const wire::ExitEvent&)> exited;
        /// The runtime's state is gone and the root unmounted.
        std::function<void()> cleared;
    };

    Container(EventLoop& loop, Stdio& stdio, Events events)
        : loop_(loop), stdio_(stdio), events_(std::move(events)) {}
    Container(const Container&) = delete;
    Container& operator=(const Container&) = delete;
    ~Container();

    /// Once. Descriptors that came ahead of the start are in front of its own.
    void start(wire::StartRequest request, std::vector<os::UniqueFd> fds);
    /// A child has ended; true if it was the runtime, the payload, or may turn out to be.
    [[nodiscard]] bool reaped(const os::Ended& ended);

    [[nodiscard]] wire::Phase phase() const noexcept { return phase_; }
    [[nodiscard]] pid_t payload() const noexcept { return payload_; }
    [[nodiscard]] std::int64_t started_at() const noexcept { return started_at_; }
    [[nodiscard]] const wire::ExitEvent& exit() const noexcept { return exit_; }
    [[nodiscard]] const wire::StartRequest& request() const noexcept { return request_; }
    [[nodiscard]] bool cleared() const noexcept { return cleared_; }
    [[nodiscard]] Result<> signal(int number) const;
    [[nodiscard]] Result<> kill_all() const;

  private:
    [[nodiscard]] Result<> prepare();
    [[nodiscard]] Result<> mount_root();
    [[nodiscard]] Result<> write_config() const;
    [[nodiscard]] Result<> run_runtime(Stdio::ChildEnds ends);
    void runtime_ended(int status);
    void payload_known(pid_t pid);
    void payload_ended(int status);
    void watch_memory();
    void check_memory();
    void record_exit();
    void fail_start(wire::Failure failure);
    void clear_away();
    [[nodiscard]] bool clear_directly() const;
    [[nodiscard]] bool spawn_deleter();
    void finish_clearing();
    [[nodiscard]] std::string console_path() const { return request_.bundle + "/console"; }
    [[nodiscard]] int network_namespace() const;
    void take_programs();

    EventLoop& loop_;
    Stdio& stdio_;
    Events events_;
    wire::StartRequest request_;
    std::vector<os::UniqueFd> fds_;
    wire::Phase phase_ = wire::Phase::idle;
    os::UniqueFd runtime_program_;
    os::UniqueFd launcher_;
    bool mounted_ = false;
    bool runtime_used_ = false;
    bool cleared_ = false;
    std::optional<ConsoleSocket> console_;
    pid_t runtime_ = 0;
    pid_t deleter_ = 0;
    pid_t payload_ = 0;
    bool payload_alive_ = false;
    std::map<pid_t, int> unknown_;  // ended before the pid file told whether they are the payload
    std::int64_t started_at_ = 0;
    std::optional<wire::Failure> failure_;
    wire::ExitEvent exit_;
    std::optional<trace::Span> step_;  // what goes on
    std::vector<std::unique_ptr<Relay>> relays_;
    os::UniqueFd memory_watch_;
    std::uint64_t oom_kills_ = 0;
};

}  // namespace wherry::monitor
