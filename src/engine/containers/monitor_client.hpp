// The daemon's end of a monitor: starts it, speaks to it, waits for what it tells. One client per
// monitor, used by many tasks at once on the loop's thread. Whoever waits inside a member function
// must have returned (or been cancelled) before the client is destroyed. The monitor does not care
// whether a client exists.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "codec/wire/exec.hpp"
#include "codec/wire/health.hpp"
#include "codec/wire/message.hpp"
#include "net/async/event.hpp"
#include "net/async/task.hpp"
#include "os/unique_fd.hpp"

namespace wherry::containers {

struct LaunchPlan {
    std::string program;       ///< wherry-monitor
    std::string run_folder;    ///< exists; short, on a private mount (os::bind_private)
    std::string control_path;  ///< the socket to make: RUN_FOLDER/control
    std::string container_id;
};

struct Started {
    pid_t pid = 0;  ///< the payload's, in the daemon's pid namespace
    Time started_at;
};

struct ExitRecord {
    int status = 0;  ///< 0..255; 128 + signal
    bool oom_killed = false;
    Time finished_at;
    std::string error;
};

/// A start that failed: the error's text is the runtime's own.
struct StartFailure {
    wire::FailureCode code = wire::FailureCode::other;
    std::string text;
};

/// What a monitor tells unasked.
struct MonitorNews {
    std::optional<wire::HealthState> health;  ///< a probe's result; else: a process was killed for
                                              ///< want of memory
};

/// How the start of a process beside the payload went.
struct ExecStart {
    wire::ExecStarted started;
    std::optional<wire::Failure> failure;
};

class MonitorClient {
  public:
    MonitorClient(const MonitorClient&) = delete;
    MonitorClient& operator=(const MonitorClient&) = delete;
    ~MonitorClient();

    /// Starts a monitor that belongs to nobody (its parent is gone) and connects to it.
    static Task<Result<std::unique_ptr<MonitorClient>>> launch(LaunchPlan plan);
    /// Connects to a monitor that runs, and waits as long as it takes it to greet (a stopped one
    /// does when it goes on). `not_found` if there is none.
    static Task<Result<std::unique_ptr<MonitorClient>>> reconnect(std::string control_path);

    /// Mounts, runs the OCI runtime and returns when the payload runs (it may have ended already).
    /// `fds` go with `request.fds`, any number. After an error the monitor ends by itself, and
    /// `start_failure` tells the cause.
    Task<Result<Started>> start(wire::StartRequest request, std::vector<os::UniqueFd> fds);
    [[nodiscard]] const StartFailure& start_failure() const noexcept { return start_failure_; }
    /// A start was asked for, and what has come of it was never told.
    [[nodiscard]] bool start_unanswered() const noexcept { return start_unanswered_; }
    /// Resumes when the payload has ended, its output is logged and its exit record written.
    /// `unavailable` ("monitor lost") if the monitor has died. Any number may wait, at any time.
    Task<Result<ExitRecord>> wait_exit();
    /// The daemon has stored the record. Returns when the runtime's state is gone and the root
    /// unmounted, so that the container may be started again or removed; the monitor then ends.
    Task<Result<>> acknowledge_exit();

    /// Hands over the client's socket (before the start too: it then gets all output). Returns the
    /// attachment's number.
    Task<Result<std::uint32_t>> attach(os::UniqueFd socket, wire::AttachRequest request);
    /// Resumes when that attachment has ended, and says why.
    Task<Result<wire::AttachEndReason>> wait_attach_end(std::uint32_t attach_id);
    Task<Result<>> resize(unsigned height, unsigned width);
    /// Starts a process beside the payload; `fds` are its description and, if the request says so,
    /// the client's socket. A failure of the start is a value, an error means that it is not known.
    Task<Result<ExecStart>> exec(wire::ExecRequest request, std::vector<os::UniqueFd> fds);
    /// Resumes when that process has ended. `unavailable` if the monitor has died.
    Task<Result<wire::ExecEnded>> wait_exec_end(std::string exec_id);
    /// Takes in what has come, without waiting; null if the end has not come yet.
    [[nodiscard]] const wire::ExecEnded* find_exec_end(const std::string& exec_id);
    /// What runs, and the ends that were not forgotten.
    Task<Result<wire::ExecList>> list_execs();
    /// Its end is stored; the monitor need not keep it.
    Task<Result<>> forget_exec(std::string exec_id);
    Task<Result<>> resize_exec(std::string exec_id, unsigned height, unsigned width);
    /// Resumes with what the monitor tells next of a running container. `unavailable` if it died.
    Task<Result<MonitorNews>> next_news();
    /// With all results that are kept.
    Task<Result<wire::HealthState>> ask_health();
    Task<Result<>> pause_health(bool paused);
    /// Signals the payload (process 1 of the container). `conflict` if it does not run.
    Task<Result<>> signal(int number);
    /// Kills every process of the container's cgroup.
    Task<Result<>> kill_all();
    Task<Result<>> close_stdin();
    /// Ends a monitor that was not asked to start anything.
    Task<Result<>> quit();
    /// SIGKILL, for one that does not answer: its container is to be swept.
    void kill_monitor() noexcept;
    /// Its connection has ended.
    [[nodiscard]] bool connection_lost() const noexcept { return lost_; }

    /// What the monitor was doing when the connection was made.
    [[nodiscard]] const wire::Hello& hello() const noexcept { return hello_; }
    [[nodiscard]] pid_t pid() const noexcept { return pid_; }
    /// Readable when the monitor has ended.
    [[nodiscard]] int pidfd() const noexcept { return pidfd_.get(); }

  private:
    MonitorClient(os::UniqueFd socket, pid_t pid);

    Task<Result<>> greet();
    Task<Result<>> wait_greeting();
    /// Waits until more was taken in, by this task or by another that reads already.
    Task<Result<>> advance();
    Task<Result<>> send(std::string message, std::vector<int> fds);
    /// Sends a request and waits for its reply; `fds` are only borrowed.
    Task<Result<std::string>> ask(std::uint32_t id, std::string message, std::vector<int> fds);
    /// A request that is only done, soon.
    Task<Result<>> command(std::uint32_t id, std::string message, std::vector<int> fds);
    static Result<> decode_done(const std::string& reply);
    Task<Result<std::string>> exchange(std::uint32_t id, std::string message, std::vector<int> fds);
    Result<> take_in(std::string message);
    Result<> take_in_all();
    std::uint32_t next_id() noexcept { return ++last_request_; }

    os::UniqueFd socket_;
    os::UniqueFd pidfd_;
    pid_t pid_;
    bool reading_ = false;
    bool lost_ = false;
    async::Notifier arrived_;
    std::uint32_t last_request_ = 0;
    std::set<std::uint32_t> awaited_;  // requests whose reply somebody waits for
    std::map<std::uint32_t, std::string> replies_;
    std::map<std::uint32_t, wire::AttachEndReason> ended_attachments_;
    std::map<std::string, wire::ExecEnded> ended_execs_;
    std::deque<MonitorNews> news_;
    bool greeted_ = false;
    wire::Hello hello_;
    std::optional<ExitRecord> exit_;
    wire::FailureCode last_failure_ = wire::FailureCode::other;
    StartFailure start_failure_;
    bool start_unanswered_ = false;
};

/// The record that a monitor left (StartRequest::exit_record); `not_found` if it left none.
[[nodiscard]] Result<ExitRecord> read_exit_record(const std::string& path);

}  // namespace wherry::containers
