// The daemon's life: engine, listeners, readiness, orderly end.
#pragma once

#include "base/result.hpp"
#include "bin/wherryd/options.hpp"

namespace wherry::daemon {

/// Runs until SIGTERM or SIGINT; containers run on. An error means that it could not start.
[[nodiscard]] Result<> run(const Options& options);

}  // namespace wherry::daemon
