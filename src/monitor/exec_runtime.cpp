// Through the OCI runtime's `exec`, which leaves pid and messages in files.
#include <optional>

#include "monitor/console.hpp"
#include "monitor/exec_way.hpp"
#include "monitor/runtime.hpp"
#include "os/file.hpp"

namespace wherry::monitor {

namespace {

/// Where the runtime finds the process's description if it was passed as a descriptor.
constexpr int process_fd = 3;

class RuntimeWay final : public ExecWay {
  public:
    RuntimeWay(EventLoop& loop, const wire::StartRequest& container, RuntimeWayPlan plan)
        : loop_(loop), container_(container), plan_(std::move(plan)) {}

    Result<os::SpawnPlan> plan() override {
        RuntimeExec exec = files();
        if (plan_.take_console) {
            console_.emplace(loop_, plan_.take_console);
            CHECK_OK(console_->open(exec.console));
        }
        exec.process =
            plan_.process_fd ? text::format("/proc/self/fd/{}", process_fd) : plan_.process_path;
        auto spawn = exec_plan(container_, exec);
        if (plan_.process_fd) {
            spawn.fds.emplace_back(plan_.process_fd.get(), process_fd);
        }
        return spawn;
    }

    Outcome ended(int status) override {
        if (console_) {
            console_->poll();  // it may have come in the same turn of the loop
        }
        const RuntimeExec exec = files();
        const auto pid_text = os::read_file(exec.pid_file);
        const auto pid = pid_text ? parse_pid(*pid_text) : std::nullopt;
        Outcome outcome;
        if (status == 0 && pid) {
            outcome.pid = *pid;
        } else {
            const auto told = os::read_file(exec.log);
            outcome.failure.text = told ? text::trim(*told) : std::string_view();
            outcome.failure.code = classify(outcome.failure.text);
        }
        for (const std::string& file : {exec.pid_file, exec.log, exec.console}) {
            if (!file.empty()) {
                (void)os::remove_file(file);
            }
        }
        console_.reset();
        return outcome;
    }

  private:
    [[nodiscard]] RuntimeExec files() const {
        const std::string stem = text::format("{}/e{}", container_.bundle, plan_.number);
        return {.pid_file = stem + ".pid",
                .log = stem + ".log",
                .console = plan_.take_console ? stem + ".tty" : std::string()};
    }

    EventLoop& loop_;
    const wire::StartRequest& container_;
    RuntimeWayPlan plan_;
    std::optional<ConsoleSocket> console_;
};

}  // namespace

std::unique_ptr<ExecWay> runtime_way(EventLoop& loop, const wire::StartRequest& container,
                                     RuntimeWayPlan plan) {
    return std::make_unique<RuntimeWay>(loop, container, std::move(plan));
}

}  // namespace wherry::monitor
