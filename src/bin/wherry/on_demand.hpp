// The engine that the command brings up by itself where nobody told it of one and no daemon answers
// on the default socket (`wherryd --on-demand`; docs/guide/without-a-daemon.md).
#pragma once

#include <optional>
#include <string>

#include "base/result.hpp"
#include "os/unique_fd.hpp"
#include "wherry/options.hpp"

namespace wherry::command {

struct Reached {
    std::string host;         ///< "unix://…"
    os::UniqueFd connection;  ///< keeps an on-demand engine from ending; none for a daemon
};

/// Nothing where the SDK's rules choose the daemon (a flag, DOCKER_HOST, a context), or where this
/// user may start none. An engine that should have come up and did not is an error.
[[nodiscard]] Result<std::optional<Reached>> reach_engine(const ClientOptions& options);

}  // namespace wherry::command
