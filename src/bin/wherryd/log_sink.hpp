// Where the daemon's log lines go: standard error, through spdlog.
#pragma once

#include <string_view>

namespace wherry::daemon {

/// `level` is one of debug, info, warn, error, fatal.
void start_logging(std::string_view level);

}  // namespace wherry::daemon
