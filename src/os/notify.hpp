// Talking to systemd, where it started us: readiness (sd_notify(3)) and sockets it opened
// (sd_listen_fds(3)). Both are a datagram and two variables; no library is needed.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "os/unique_fd.hpp"

namespace wherry::os {

/// Sends `state` ("READY=1", "STOPPING=1") to $NOTIFY_SOCKET; nothing where there is none.
[[nodiscard]] Result<> notify_service_manager(std::string_view state);

/// The listening sockets of socket activation, meant for this process; closes them on exec.
[[nodiscard]] std::vector<UniqueFd> activated_sockets();

}  // namespace wherry::os
