// The two ways to start a process beside the payload: by the OCI runtime, which every runtime can,
// or by the launcher, at a fraction of the cost. Both start a program that ends when the process
// runs, or cannot.
#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>
#include <string>

#include "codec/wire/exec.hpp"
#include "codec/wire/launch.hpp"
#include "monitor/event_loop.hpp"
#include "os/process.hpp"
#include "os/unique_fd.hpp"

namespace wherry::monitor {

class ExecWay {
  public:
    struct Outcome {
        pid_t pid = 0;          ///< 0: it could not be started
        wire::Failure failure;  ///< why; the text may be empty
    };
    /// Takes the master's side of the terminal, before or while `ended` is called.
    using TakeConsole = std::function<void(os::UniqueFd)>;

    ExecWay() = default;
    ExecWay(const ExecWay&) = delete;
    ExecWay& operator=(const ExecWay&) = delete;
    virtual ~ExecWay() = default;

    /// The program to start, its standard streams left out. Once.
    [[nodiscard]] virtual Result<os::SpawnPlan> plan() = 0;
    /// The program has ended with this status.
    [[nodiscard]] virtual Outcome ended(int status) = 0;
};

struct RuntimeWayPlan {
    unsigned number = 0;       ///< names its files
    std::string process_path;  ///< the OCI process's JSON: a path, or a descriptor
    os::UniqueFd process_fd;
    ExecWay::TakeConsole take_console;  ///< empty: no terminal
};
/// `container` is the run; it outlives the way.
[[nodiscard]] std::unique_ptr<ExecWay> runtime_way(EventLoop& loop,
                                                   const wire::StartRequest& container,
                                                   RuntimeWayPlan plan);

struct LauncherWayPlan {
    wire::ProcessPlan process;
    std::uint32_t height = 0;
    std::uint32_t width = 0;
    ExecWay::TakeConsole take_console;  ///< empty: no terminal
};
[[nodiscard]] std::unique_ptr<ExecWay> launcher_way(const wire::StartRequest& container,
                                                    LauncherWayPlan plan);

}  // namespace wherry::monitor
