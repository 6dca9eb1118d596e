// What a bridge network needs of the kernel, each as one blocking job that undoes itself when it
// fails. For pool threads; nothing here knows the engine's state.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "engine/networks/address.hpp"
#include "os/unique_fd.hpp"

namespace wherry::networks {

/// A bridge that is wanted. Ours are known by their alias.
struct BridgePlan {
    std::vector<std::string> names;  ///< the first that is free or ours already
    std::vector<Subnet> subnets;     ///< the first that overlaps no route of another link
    std::string alias;
    std::optional<Ipv4> gateway;  ///< the bridge's own address; else the subnet's first
    unsigned mtu = 1500;
    bool adopt = false;  ///< take the bridge even if somebody else made it (the user named it)
};

struct Bridge {
    std::string name;
    int index = 0;
    Subnet subnet;
    Ipv4 gateway;
};

/// Makes the bridge or takes up an existing one, gives it its address, brings it up, switches
/// forwarding and route_localnet on.
[[nodiscard]] Result<Bridge> prepare_bridge(const BridgePlan& plan);

struct GuestPlan {
    std::string bridge;
    int bridge_index = 0;
    std::string host_interface;
    std::string guest_interface = "eth0";
    std::string mac;
    std::string address;  ///< with its prefix
    std::string gateway;  ///< "" for no default route
    unsigned mtu = 1500;
};

/// A namespace with loopback alone.
[[nodiscard]] Result<os::UniqueFd> make_loopback_namespace();
/// A namespace that is linked to the bridge, with address and route.
[[nodiscard]] Result<os::UniqueFd> make_guest_namespace(const GuestPlan& plan);
[[nodiscard]] Result<> remove_interface(const std::string& name);

}  // namespace wherry::networks
