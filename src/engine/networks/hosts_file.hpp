// The text of a container's /etc/hosts.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"

namespace wherry::networks {

struct HostsFile {
    std::string address;  ///< the container's own, "" for none (no own line then)
    std::string hostname;
    std::string domainname;
    std::vector<std::string> extra_hosts;  ///< "name:address" or "name=address"
    std::string gateway;                   ///< what `host-gateway` stands for
};

/// Localhost and the IPv6 names, the extra hosts, then the container's own line.
[[nodiscard]] Result<std::string> hosts_text(const HostsFile& file);

}  // namespace wherry::networks
