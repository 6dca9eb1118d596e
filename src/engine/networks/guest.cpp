#include "engine/networks/kernel.hpp"
#include "os/file.hpp"
#include "os/netlink/link.hpp"
#include "os/netlink/route.hpp"
#include "os/netns.hpp"

namespace wherry::networks {

namespace {

// What is made after this has no IPv6 of its own, as in a container of the reference whose network
// has none; loopback, made before, keeps ::1.
constexpr const char* ipv6_default = "/proc/sys/net/ipv6/conf/default/disable_ipv6";

Result<> set_loopback_up(os::RouteSocket& inside) {
    return os::set_link_up(inside, std::string("lo"));
}

Result<> link_guest(os::RouteSocket& outside, const GuestPlan& plan, int netns) {
    TRY(auto inside, os::RouteSocket::open());
    CHECK_OK(set_loopback_up(inside));
    // Fails on a host without IPv6, where there is nothing to switch off.
    const bool switched = os::write_file(ipv6_default, "1").ok();
    CHECK_OK(os::add_veth(outside, {.host_name = plan.host_interface,
                                    .bridge_index = plan.bridge_index,
                                    .guest_netns = netns,
                                    .guest_name = plan.guest_interface,
                                    .guest_mac = plan.mac,
                                    .mtu = plan.mtu}));
    if (switched) {
        CHECK_OK(os::write_file(ipv6_default, "0"));
    }
    TRY(const auto link, os::find_link(inside, plan.guest_interface));
    if (!link) {
        return fail(ErrorKind::internal, "interface {} is missing in its namespace",
                    plan.guest_interface);
    }
    CHECK_OK(os::add_address(inside, link->index, plan.address));
    CHECK_OK(os::set_link_up(inside, link->index));
    return plan.gateway.empty() ? Result<>()
                                : os::add_default_route(inside, link->index, plan.gateway);
}

}  // namespace

Result<os::UniqueFd> make_loopback_namespace() {
    return os::make_netns([](int) -> Result<> {
        TRY(auto inside, os::RouteSocket::open());
        return set_loopback_up(inside);
    });
}

Result<os::UniqueFd> make_guest_namespace(const GuestPlan& plan) {
    TRY(auto outside, os::RouteSocket::open());
    auto netns = os::make_netns([&](int fd) -> Result<> { return link_guest(outside, plan, fd); });
    if (!netns) {
        (void)os::delete_link(outside, plan.host_interface);
    }
    return netns;
}

Result<> remove_interface(const std::string& name) {
    TRY(auto socket, os::RouteSocket::open());
    return os::delete_link(socket, name);
}

}  // namespace wherry::networks
