#include "bin/wherryd/pidfile.hpp"

#include <signal.h>
#include <unistd.h>

#include "base/text.hpp"
#include "os/file.hpp"

namespace wherry::daemon {

Result<PidFile> PidFile::write(std::string path) {
    if (path.empty()) {
        return PidFile("");
    }
    if (const auto old = os::read_file(path)) {
        const auto pid = text::parse_int<pid_t>(text::trim(*old));
        if (pid && *pid > 0 && *pid != ::getpid() && ::kill(*pid, 0) == 0) {
            return fail(ErrorKind::conflict,
                        "process with PID {} is still running: ensure wherryd is not running or "
                        "delete {}",
                        *pid, path);
        }
    }
    if (const auto slash = path.rfind('/'); slash != std::string::npos && slash > 0) {
        CHECK_OK(os::make_dirs(path.substr(0, slash)));
    }
    CHECK_OK(os::replace_file(path, text::format("{}", ::getpid()), false));
    return PidFile(std::move(path));
}

PidFile::~PidFile() {
    if (!path_.empty()) {
        static_cast<void>(os::remove_file(path_));
    }
}

}  // namespace wherry::daemon
