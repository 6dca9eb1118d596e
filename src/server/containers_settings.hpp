// What an engine's configuration and this machine mean for containers.
#pragma once

#include "engine/containers/containers.hpp"
#include "server/engine.hpp"

namespace wherry::server {

/// Finds the monitor, the init program and the other runtimes; looks at the control groups.
[[nodiscard]] Result<containers::Settings> containers_settings(const EngineConfig& config,
                                                               const RuntimeFacts& runtime);

}  // namespace wherry::server
