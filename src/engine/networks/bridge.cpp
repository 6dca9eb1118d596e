#include <algorithm>

#include "base/log.hpp"
#include "engine/networks/address_pool.hpp"
#include "engine/networks/kernel.hpp"
#include "os/file.hpp"
#include "os/netlink/link.hpp"
#include "os/netlink/route.hpp"

namespace wherry::networks {

namespace {

/// The first name that is free or ours; 0 as index where the bridge has yet to be made.
Result<os::Link> choose_link(os::RouteSocket& socket, const BridgePlan& plan) {
    for (const std::string& name : plan.names) {
        TRY(auto link, os::find_link(socket, name));
        if (!link) {
            return os::Link{.name = name};
        }
        if (link->kind == "bridge" && (plan.adopt || link->alias == plan.alias)) {
            return *std::move(link);
        }
    }
    return fail(ErrorKind::internal,
                "bridge {}: the name belongs to an interface of another program",
                plan.names.front());
}

Result<Subnet> choose_free_subnet(os::RouteSocket& socket, const BridgePlan& plan, int own_index) {
    TRY(const auto routes, os::list_routes(socket));
    std::vector<Subnet> used;
    for (const os::Route& route : routes) {
        auto subnet = Subnet::parse(route.destination);
        if (subnet && route.link != own_index) {
            used.push_back(*subnet);
        }
    }
    return choose_subnet(plan.subnets, used);
}

struct Place {
    Subnet subnet;
    Ipv4 address;
};

/// Where a bridge that the user made lies already.
std::optional<Place> place_of(const std::string& name) {
    const auto text = os::ipv4_of(name);
    if (!text) {
        return std::nullopt;
    }
    const auto subnet = Subnet::parse(*text);
    const auto address = Ipv4::parse(std::string_view(*text).substr(0, text->find('/')));
    return subnet && address ? std::optional(Place{*subnet, *address}) : std::nullopt;
}

Result<> switch_on(const std::string& path) {
    const auto now = os::read_file(path);
    if (now && now->starts_with("1")) {
        return {};
    }
    return os::write_file(path, "1");
}

}  // namespace

Result<Bridge> prepare_bridge(const BridgePlan& plan) {
    TRY(auto socket, os::RouteSocket::open());
    TRY(const os::Link link, choose_link(socket, plan));
    const std::optional<Place> own =
        plan.adopt && !plan.gateway && link.index != 0 ? place_of(link.name) : std::nullopt;
    TRY(const Subnet subnet,
        own ? Result<Subnet>(own->subnet) : choose_free_subnet(socket, plan, link.index));
    Bridge out{.name = link.name, .index = link.index, .subnet = subnet};
    out.gateway = own ? own->address : plan.gateway.value_or(Ipv4{subnet.base.bits + 1});
    if (link.index == 0) {
        CHECK_OK(os::add_bridge(
            socket,
            {.name = link.name, .mac = random_mac(), .alias = plan.alias, .mtu = plan.mtu}));
        TRY(const auto made, os::find_link(socket, link.name));
        if (!made) {
            return fail(ErrorKind::internal, "bridge {} vanished", link.name);
        }
        out.index = made->index;
    }
    CHECK_OK(switch_on("/proc/sys/net/ipv4/ip_forward"));
    CHECK_OK(switch_on("/proc/sys/net/ipv4/conf/" + out.name + "/route_localnet"));
    if (auto off = switch_on("/proc/sys/net/ipv6/conf/" + out.name + "/disable_ipv6"); !off) {
        log::debug("bridge={} ipv6 stays on: {}", out.name, off.error().message());
    }
    CHECK_OK(os::add_address(socket, out.index,
                             text::format("{}/{}", out.gateway.text(), subnet.prefix)));
    CHECK_OK(os::set_link_up(socket, out.index));
    return out;
}

}  // namespace wherry::networks
