// What the firewall must hold, as data: the fixed skeleton of the table, and the elements that each
// network and endpoint has in its sets and maps. No rule belongs to a container.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/networks/address.hpp"
#include "engine/networks/endpoint.hpp"
#include "os/netlink/nftables.hpp"

namespace wherry::networks {

/// A bridge network as the firewall sees it.
struct BridgeRules {
    std::string bridge;
    Subnet subnet;
    bool masquerade = true;  ///< traffic that leaves the host takes the host's address
    bool inter_container = true;
};

using Elements = std::vector<os::NftElement>;

[[nodiscard]] Elements network_elements(const BridgeRules& rules);
[[nodiscard]] Elements endpoint_elements(const std::string& bridge, const EndpointState& state);

/// Statements for `nft -f -` that make the table or bring an existing one up to date in one
/// transaction. Elements stay as they are, so that published ports answer without a gap.
[[nodiscard]] std::string skeleton_text(std::string_view table);
/// All sets and maps of the skeleton.
[[nodiscard]] std::vector<std::string> set_names();

}  // namespace wherry::networks
