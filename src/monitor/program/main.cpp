// wherry-monitor ID [FOLDER]: runs one container. Descriptor 3 is the control socket, listening;
// the daemon that passed it need not live. FOLDER, the run's, tells a reader of `ps` whose monitor
// it is.
//
// wherry-monitor launch: the program that a monitor starts, from a sealed copy of itself, to make a
// process beside its payload; descriptors 3 to 5 are its inputs.
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <string_view>

#include "base/log.hpp"
#include "base/trace.hpp"
#include "launch/launcher.hpp"
#include "monitor/control.hpp"
#include "monitor/event_loop.hpp"
#include "os/process.hpp"

namespace {

constexpr int control_fd = 3;

int run(const std::string& container_id) {
    using namespace wherry;
    os::UniqueFd listener(control_fd);
    (void)::fcntl(listener.get(), F_SETFD, FD_CLOEXEC);
    for (const int number : {SIGPIPE, SIGHUP, SIGINT, SIGTERM}) {
        os::ignore_signal(number);
    }
    monitor::EventLoop loop;
    auto ready = loop.open();
    if (ready) {
        ready = os::become_subreaper();
    }
    if (!ready) {
        log::error("id={} monitor cannot start error=\"{}\"", container_id,
                   ready.error().message());
        return 1;
    }
    monitor::Control control(loop, std::move(listener), container_id);
    control.begin();
    loop.run();
    return 0;
}

int launch() {
    using namespace wherry;
    constexpr int request = 3;
    constexpr int process1 = 4;
    constexpr int answer = 5;
    // Nothing of this process is for the one that it makes.
    if (::close_range(request, ~0U, CLOSE_RANGE_CLOEXEC) != 0) {
        return 1;
    }
    const launch::Inputs inputs{os::UniqueFd(request), os::UniqueFd(process1),
                                os::UniqueFd(answer)};
    return launch::run(inputs) ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2 && argc != 3) {
        wherry::log::error(
            "usage: wherry-monitor ID [FOLDER], with a listening socket as descriptor 3");
        return 2;
    }
    if (std::string_view(argv[1]) == "launch") {
        return launch();
    }
    wherry::trace::open_from_environment();
    return run(argv[1]);
}
