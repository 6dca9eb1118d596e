// Through the launcher (src/launch), which answers on a socket.
#include "codec/wire/launch.hpp"
#include "monitor/exec_way.hpp"
#include "os/memory_file.hpp"
#include "os/packet_socket.hpp"

namespace wherry::monitor {

namespace {

class LauncherWay final : public ExecWay {
  public:
    LauncherWay(const wire::StartRequest& container, LauncherWayPlan plan)
        : container_(container), plan_(std::move(plan)) {}

    Result<os::SpawnPlan> plan() override {
        if (container_.payload == 0) {
            return Error(ErrorKind::conflict, "the container does not run");
        }
        // Its number cannot be another's: it is our child, and only we reap it.
        TRY(process1_, os::open_pidfd(container_.payload));
        TRY(auto ends, os::packet_pair());
        answer_ = std::move(ends.first);
        theirs_ = std::move(ends.second);
        wire::LaunchRequest request;
        request.process = std::move(plan_.process);
        request.container_id = container_.container_id;
        request.cgroup = container_.cgroup;
        request.filter = container_.runtime_state + "/seccomp.bpf";  // where crun keeps it
        request.terminal = static_cast<bool>(plan_.take_console);
        request.height = plan_.height;
        request.width = plan_.width;
        TRY(request_, os::make_memory_file("launch", wire::encode(request, 0)));
        os::SpawnPlan spawn;
        spawn.program = container_.launcher;
        spawn.name = "wherry-monitor";
        spawn.arguments = {"launch"};
        spawn.fds = {{request_.get(), 3}, {process1_.get(), 4}, {theirs_.get(), 5}};
        return spawn;
    }

    Outcome ended(int status) override {
        Outcome outcome;
        auto packet = os::receive_packet(answer_.get());
        if (packet && *packet && !(*packet)->bytes.empty()) {
            auto result = wire::decode<wire::LaunchResult>((*packet)->bytes);
            if (result) {
                outcome.pid = result->pid;
                outcome.failure = {result->code, std::move(result->text)};
            }
            if (plan_.take_console && !(*packet)->fds.empty()) {
                plan_.take_console(std::move((*packet)->fds.front()));
            }
        }
        if (outcome.pid == 0 && outcome.failure.text.empty() &&
            outcome.failure.code == wire::FailureCode::other) {
            outcome.failure.text = text::format("its launcher ended with status {}", status);
        }
        return outcome;
    }

  private:
    const wire::StartRequest& container_;
    LauncherWayPlan plan_;
    // Kept until the launcher has them.
    os::UniqueFd request_;
    os::UniqueFd process1_;
    os::UniqueFd theirs_;
    os::UniqueFd answer_;
};

}  // namespace

std::unique_ptr<ExecWay> launcher_way(const wire::StartRequest& container, LauncherWayPlan plan) {
    return std::make_unique<LauncherWay>(container, std::move(plan));
}

}  // namespace wherry::monitor
