// Flows that the kernel's connection tracking remembers.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/result.hpp"

namespace wherry::os {

/// A tracked IPv4 flow of UDP; addresses are four bytes in network order.
struct UdpFlow {
    std::string destination;  ///< where the first packet was sent to
    std::uint16_t destination_port = 0;
    std::string answered_by;  ///< who it was redirected to; the destination itself without that
};

/// Forgets the flows that match, so that their next packet is looked at as a first one. Reads the
/// whole table of the calling thread's network namespace.
[[nodiscard]] Result<> forget_udp_flows(const std::function<bool(const UdpFlow&)>& matches);

}  // namespace wherry::os
