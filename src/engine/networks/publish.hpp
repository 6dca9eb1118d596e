// Taking host ports for a container: chosen, checked against our own and bound, so that no other
// program gets them while the monitor holds the sockets.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "engine/networks/endpoint.hpp"
#include "engine/networks/ports.hpp"

namespace wherry::networks {

struct Publication {
    std::vector<PublishedPort> ports;
    std::vector<os::UniqueFd> reserved;
    std::vector<Relay> relays;
};

/// Publishes all or none; what it took is in `registry` afterwards. The container has the v4
/// address `target` only, so v6 listeners become relays. Errors read as the reference's ("Bind for
/// 0.0.0.0:80 failed: port is already allocated").
[[nodiscard]] Result<Publication> publish(PortRegistry& registry,
                                          const std::vector<PortRequest>& requests,
                                          const std::string& target);

}  // namespace wherry::networks
