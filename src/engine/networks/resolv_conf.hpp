// The text of a container's /etc/resolv.conf, made from the host's and the container's settings.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace wherry::networks {

struct ResolvConf {
    std::string host_text;                  ///< the host's file
    std::string path = "/etc/resolv.conf";  ///< where that came from, for a comment
    std::vector<std::string> dns;           ///< empty: the host's
    std::vector<std::string> search;        ///< empty: the host's; "." alone: none
    std::vector<std::string> options;
    bool own_loopback = true;  ///< false with the host's network, where its loopback is reached
    bool ipv6 = false;         ///< the container has IPv6, so v6 servers are of use
};

/// A loopback address of the host is no server for a container with a loopback of its own: it is
/// left out, and where none is left 8.8.8.8 and 8.8.4.4 stand, as in the reference.
[[nodiscard]] std::string resolv_conf_text(const ResolvConf& conf);

/// Which file of the host tells its servers: behind systemd's stub (127.0.0.53 alone) it is
/// systemd's own list.
[[nodiscard]] std::string_view host_resolv_conf_path(std::string_view etc_text);

}  // namespace wherry::networks
