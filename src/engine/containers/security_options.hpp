// HostConfig.SecurityOpt, read. Pure.
#pragma once

#include <string>

#include "api/generated/container.hpp"
#include "base/result.hpp"

namespace wherry::containers {

struct SecurityOptions {
    std::string seccomp;   ///< "unconfined", "builtin", a profile's JSON, or "" where none is said
    std::string apparmor;  ///< a profile's name, "unconfined", or ""
    bool no_new_privileges = false;
    bool writable_cgroups = false;
};

/// "name=value", or "name:value" as it once was. 500 "invalid --security-opt 2: \"…\"".
[[nodiscard]] Result<SecurityOptions> parse_security_options(const api::List<std::string>& options);

}  // namespace wherry::containers
