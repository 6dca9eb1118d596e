// The sockets that clients connect to.
#pragma once

#include <memory>
#include <vector>

#include "base/result.hpp"
#include "bin/wherryd/options.hpp"
#include "os/unique_fd.hpp"

namespace wherry::http {
class TlsContext;
}

namespace wherry::daemon {

struct Listener {
    os::UniqueFd socket;
    std::shared_ptr<http::TlsContext> tls;  ///< shared by its connections; null for none
};

struct Listeners {
    std::vector<Listener> sockets;
    std::vector<std::string> names;         ///< as in the log: "unix:///var/run/docker.sock"
    std::vector<std::string> socket_files;  ///< to remove at the end
};

/// Opens each host of the options; without one, /var/run/docker.sock. A unix socket gets mode 0660
/// and the group, where that group exists.
[[nodiscard]] Result<Listeners> open_listeners(const Options& options);

}  // namespace wherry::daemon
