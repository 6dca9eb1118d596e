// wherry-monitor ID [FOLDER]: runs one container. Descriptor 3 is the control socket, listening;
// the daemon that passed it need not live. FOLDER, the run's, tells a reader of `ps` whose monitor
// it is.
#include <fcntl.h>
#include <signal.h>

#include "base/log.hpp"
#include "base/trace.hpp"
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

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2 && argc != 3) {
        wherry::log::error(
            "usage: wherry-monitor ID [FOLDER], with a listening socket as descriptor 3");
        return 2;
    }
    wherry::trace::open_from_environment();
    return run(argv[1]);
}
