// The OCI runtime that starts containers, as `info` and `version` tell of it.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace wherry::server {

struct RuntimeFacts {
    std::string name;     ///< "crun"
    std::string program;  ///< its path
    std::string version;
    std::string commit;
    bool is_crun = false;  ///< 1.0 or newer
};

/// Finds the runtime by name or path and asks it for its version; `invalid` where it is not
/// installed or does not run. Blocks: at the start of an engine.
[[nodiscard]] Result<RuntimeFacts> find_runtime(const std::string& wanted);

/// What `RUNTIME --version` printed: "crun version 1.8.1" and "commit: f8a0…". Pure.
void read_runtime_version(std::string_view output, RuntimeFacts& facts);

}  // namespace wherry::server
