// The sockets that clients connect to.
#pragma once

#include <vector>

#include "base/result.hpp"
#include "bin/wherryd/options.hpp"
#include "os/unique_fd.hpp"

namespace wherry::daemon {

struct Listeners {
    std::vector<os::UniqueFd> sockets;
    std::vector<std::string> names;         ///< as in the log: "unix:///var/run/docker.sock"
    std::vector<std::string> socket_files;  ///< to remove at the end
};

/// Opens each host of the options; without one, /var/run/docker.sock. A unix socket gets mode 0660
/// and the group, where that group exists.
[[nodiscard]] Result<Listeners> open_listeners(const Options& options);

}  // namespace wherry::daemon
