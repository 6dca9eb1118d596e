// Network interfaces: bridges and veth pairs.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "os/netlink/rtnetlink.hpp"

namespace wherry::os {

struct Link {
    int index = 0;
    std::string name;
    std::string kind;   ///< "bridge", "veth", …, "" for hardware
    std::string alias;  ///< a note that the owner left on it
    bool up = false;
};

[[nodiscard]] Result<std::optional<Link>> find_link(RouteSocket& socket, const std::string& name);

struct NewBridge {
    std::string name;
    std::string mac;  ///< "" takes over that of a port, which changes as ports come and go
    std::string alias;
    unsigned mtu = 1500;
};
/// A bridge, down, without spanning tree; EEXIST where the name is taken.
[[nodiscard]] Result<> add_bridge(RouteSocket& socket, const NewBridge& bridge);

/// One end stays here as a port of the bridge, up, with hairpin (a frame may leave by the port that
/// it came from); the other is made inside `guest_netns`, down.
struct VethPair {
    std::string host_name;
    int bridge_index = 0;
    int guest_netns = -1;  ///< descriptor
    std::string guest_name;
    std::string guest_mac;
    unsigned mtu = 1500;
};
[[nodiscard]] Result<> add_veth(RouteSocket& socket, const VethPair& pair);

[[nodiscard]] Result<> set_link_up(RouteSocket& socket, const std::string& name);
[[nodiscard]] Result<> set_link_up(RouteSocket& socket, int index);
/// Absence is no error. One end of a veth takes the other with it.
[[nodiscard]] Result<> delete_link(RouteSocket& socket, const std::string& name);

}  // namespace wherry::os
