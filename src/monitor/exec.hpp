// A process that is started beside the payload, from the runtime's start to the end of its output.
// Its parent is this program once the runtime has ended.
#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>
#include <string>

#include "codec/wire/exec.hpp"
#include "monitor/event_loop.hpp"
#include "monitor/exec_way.hpp"
#include "monitor/stdio.hpp"
#include "os/process.hpp"
#include "os/unique_fd.hpp"

namespace wherry::monitor {

struct ExecPlan {
    std::string program;  ///< as error texts name it
    /// The OCI process's JSON: a path, or a descriptor.
    std::string process_path;
    os::UniqueFd process_fd;
    /// An encoded wire::ProcessPlan, for the launcher; empty: by the OCI runtime.
    std::string launch;
    StdioPlan stdio;
};

class Exec {
  public:
    struct Events {
        std::function<void(pid_t)> started;
        /// With the text that clients are told; they have been told it.
        std::function<void(const wire::Failure&)> failed;
        /// The process is gone and its output was taken; clients get what is left afterwards.
        std::function<void(int status)> ended;
        Stdio::AttachEnded attach_ended;
    };

    /// `container` is the run that the process belongs to; `number` names its files.
    Exec(EventLoop& loop, const wire::StartRequest& container, unsigned number, Events events);
    Exec(const Exec&) = delete;
    Exec& operator=(const Exec&) = delete;
    ~Exec();

    /// Once; clients may have been attached before.
    void start(ExecPlan plan);
    [[nodiscard]] Stdio& stdio() noexcept { return stdio_; }
    /// A child has ended; true if it was one of this process's.
    [[nodiscard]] bool reaped(const os::Ended& ended);
    /// It is not known yet which process it is.
    [[nodiscard]] bool starting() const noexcept { return starter_ != 0; }
    [[nodiscard]] pid_t pid() const noexcept { return pid_; }
    [[nodiscard]] bool alive() const noexcept { return alive_; }
    /// The process has ended and its output was taken, or it could not be started.
    [[nodiscard]] bool over() const noexcept { return over_; }
    /// It is over, and no client is left.
    [[nodiscard]] bool done() const noexcept { return over_ && !stdio_.has_attachments(); }

  private:
    [[nodiscard]] Result<> prepare(ExecPlan plan);
    [[nodiscard]] Result<> begin(std::unique_ptr<ExecWay> way, const Stdio::ChildEnds& ends);
    void starter_ended(int status);
    void fail_start(const wire::Failure& failure);

    const wire::StartRequest& container_;
    unsigned number_;
    Events events_;
    Stdio stdio_;
    std::string program_;
    EventLoop& loop_;
    std::unique_ptr<ExecWay> way_;
    pid_t starter_ = 0;
    pid_t pid_ = 0;
    bool alive_ = false;
    bool over_ = false;
    int status_ = 0;
};

}  // namespace wherry::monitor
