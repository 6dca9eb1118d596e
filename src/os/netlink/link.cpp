#include "os/netlink/link.hpp"

#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <netlink/attr.h>
#include <netlink/errno.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/route/link.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <memory>

namespace wherry::os {

namespace {

struct PutLink {
    void operator()(rtnl_link* link) const noexcept { ::rtnl_link_put(link); }
};
using LinkPtr = std::unique_ptr<rtnl_link, PutLink>;

std::string text_of(const char* text) {
    return text != nullptr ? text : "";
}

void put_header(nl_msg* message, unsigned flags = 0, int index = 0) {
    ifinfomsg header{};
    header.ifi_family = AF_UNSPEC;
    header.ifi_index = index;
    header.ifi_flags = flags;
    header.ifi_change = flags;
    ::nlmsg_append(message, &header, sizeof header, NLMSG_ALIGNTO);
}

/// "02:42:ac:11:00:02"; anything else leaves the choice to the kernel.
void put_mac(nl_msg* message, const std::string& text) {
    std::array<unsigned char, 6> mac{};
    const auto parts = text::split(text, ':');
    if (parts.size() != mac.size()) {
        return;
    }
    for (std::size_t i = 0; i < mac.size(); ++i) {
        std::from_chars(parts[i].data(), parts[i].data() + parts[i].size(), mac[i], 16);
    }
    ::nla_put(message, IFLA_ADDRESS, mac.size(), mac.data());
}

/// Hairpin on the bridge port `name` (IFLA_BRPORT_MODE); by name, since the caller's thread may be
/// in another namespace than the socket.
Result<> set_hairpin(RouteSocket& socket, const std::string& name) {
    nl_msg* message = ::nlmsg_alloc_simple(RTM_NEWLINK, 0);
    if (message == nullptr) {
        return os_failure("bridge port", name, ENOMEM);
    }
    put_header(message);
    ::nla_put_string(message, IFLA_IFNAME, name.c_str());
    nlattr* info = ::nla_nest_start(message, IFLA_LINKINFO | NLA_F_NESTED);
    ::nla_put_string(message, IFLA_INFO_SLAVE_KIND, "bridge");
    nlattr* port = ::nla_nest_start(message, IFLA_INFO_SLAVE_DATA | NLA_F_NESTED);
    ::nla_put_u8(message, IFLA_BRPORT_MODE, BRIDGE_MODE_HAIRPIN);
    ::nla_nest_end(message, port);
    ::nla_nest_end(message, info);
    return socket.request(message, "bridge port", name);
}

Result<> set_up(RouteSocket& socket, int index, const std::string& name) {
    nl_msg* message = ::nlmsg_alloc_simple(RTM_NEWLINK, 0);
    if (message == nullptr) {
        return os_failure("link up", name, ENOMEM);
    }
    put_header(message, IFF_UP, index);
    if (index == 0) {
        ::nla_put_string(message, IFLA_IFNAME, name.c_str());
    }
    return socket.request(message, "link up", name);
}

}  // namespace

Result<std::optional<Link>> find_link(RouteSocket& socket, const std::string& name) {
    rtnl_link* raw = nullptr;
    if (const int code = ::rtnl_link_get_kernel(socket.get(), 0, name.c_str(), &raw); code < 0) {
        if (code == -NLE_NODEV || code == -NLE_OBJ_NOTFOUND) {
            return std::optional<Link>();
        }
        return netlink_failure("link", name, code);
    }
    const LinkPtr link(raw);
    Link out;
    out.index = ::rtnl_link_get_ifindex(raw);
    out.name = text_of(::rtnl_link_get_name(raw));
    out.kind = text_of(::rtnl_link_get_type(raw));
    out.alias = text_of(::rtnl_link_get_ifalias(raw));
    out.up = (::rtnl_link_get_flags(raw) & IFF_UP) != 0;
    return std::optional<Link>(std::move(out));
}

Result<> add_bridge(RouteSocket& socket, const NewBridge& bridge) {
    nl_msg* message = ::nlmsg_alloc_simple(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
    if (message == nullptr) {
        return os_failure("add bridge", bridge.name, ENOMEM);
    }
    put_header(message);
    ::nla_put_string(message, IFLA_IFNAME, bridge.name.c_str());
    ::nla_put_u32(message, IFLA_MTU, bridge.mtu);
    put_mac(message, bridge.mac);
    nlattr* info = ::nla_nest_start(message, IFLA_LINKINFO | NLA_F_NESTED);
    ::nla_put_string(message, IFLA_INFO_KIND, "bridge");
    ::nla_nest_end(message, info);
    CHECK_OK(socket.request(message, "add bridge", bridge.name));
    // The kernel takes no alias while it makes a link.
    message = ::nlmsg_alloc_simple(RTM_NEWLINK, 0);
    if (message == nullptr) {
        return os_failure("add bridge", bridge.name, ENOMEM);
    }
    put_header(message);
    ::nla_put_string(message, IFLA_IFNAME, bridge.name.c_str());
    ::nla_put(message, IFLA_IFALIAS, static_cast<int>(bridge.alias.size()), bridge.alias.data());
    return socket.request(message, "link alias", bridge.name);
}

Result<> add_veth(RouteSocket& socket, const VethPair& pair) {
    // Written by hand, so that the pair, its namespace, its bridge and "up" are one request.
    nl_msg* message = ::nlmsg_alloc_simple(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
    if (message == nullptr) {
        return os_failure("add veth", pair.host_name, ENOMEM);
    }
    put_header(message, IFF_UP);
    ::nla_put_string(message, IFLA_IFNAME, pair.host_name.c_str());
    ::nla_put_u32(message, IFLA_MTU, pair.mtu);
    ::nla_put_u32(message, IFLA_MASTER, static_cast<std::uint32_t>(pair.bridge_index));
    nlattr* info = ::nla_nest_start(message, IFLA_LINKINFO | NLA_F_NESTED);
    ::nla_put_string(message, IFLA_INFO_KIND, "veth");
    nlattr* data = ::nla_nest_start(message, IFLA_INFO_DATA | NLA_F_NESTED);
    nlattr* peer = ::nla_nest_start(message, VETH_INFO_PEER | NLA_F_NESTED);
    put_header(message);
    ::nla_put_string(message, IFLA_IFNAME, pair.guest_name.c_str());
    ::nla_put_u32(message, IFLA_MTU, pair.mtu);
    ::nla_put_u32(message, IFLA_NET_NS_FD, static_cast<std::uint32_t>(pair.guest_netns));
    put_mac(message, pair.guest_mac);
    ::nla_nest_end(message, peer);
    ::nla_nest_end(message, data);
    ::nla_nest_end(message, info);
    CHECK_OK(socket.request(message, "add veth", pair.host_name));
    auto hairpin = set_hairpin(socket, pair.host_name);
    if (!hairpin) {
        (void)delete_link(socket, pair.host_name);
    }
    return hairpin;
}

Result<> set_link_up(RouteSocket& socket, const std::string& name) {
    return set_up(socket, 0, name);
}

Result<> set_link_up(RouteSocket& socket, int index) {
    return set_up(socket, index, text::format("{}", index));
}

Result<> delete_link(RouteSocket& socket, const std::string& name) {
    nl_msg* message = ::nlmsg_alloc_simple(RTM_DELLINK, 0);
    if (message == nullptr) {
        return os_failure("delete link", name, ENOMEM);
    }
    put_header(message);
    ::nla_put_string(message, IFLA_IFNAME, name.c_str());
    auto done = socket.request(message, "delete link", name);
    if (!done && (done.error().os_error() == ENODEV || done.error().os_error() == ENOENT)) {
        return {};
    }
    return done;
}

}  // namespace wherry::os
