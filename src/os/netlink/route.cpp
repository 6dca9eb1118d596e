#include "os/netlink/route.hpp"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <netlink/addr.h>
#include <netlink/errno.h>
#include <netlink/netlink.h>
#include <netlink/route/addr.h>
#include <netlink/route/nexthop.h>
#include <netlink/route/route.h>
#include <sys/socket.h>

#include <bit>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <memory>

#include "base/scope_guard.hpp"

namespace wherry::os {

namespace {

template <auto Put>
struct Deleter {
    template <class T>
    void operator()(T* object) const noexcept {
        Put(object);
    }
};
using AddrPtr = std::unique_ptr<nl_addr, Deleter<::nl_addr_put>>;
using RtnlAddrPtr = std::unique_ptr<rtnl_addr, Deleter<::rtnl_addr_put>>;
using RoutePtr = std::unique_ptr<rtnl_route, Deleter<::rtnl_route_put>>;
using CachePtr = std::unique_ptr<nl_cache, Deleter<::nl_cache_free>>;

Result<AddrPtr> parse(const std::string& text) {
    nl_addr* raw = nullptr;
    if (const int code = ::nl_addr_parse(text.c_str(), AF_UNSPEC, &raw); code < 0) {
        return netlink_failure("address", text, code);
    }
    return AddrPtr(raw);
}

AddrPtr broadcast_of(nl_addr* address) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, ::nl_addr_get_binary_addr(address), sizeof bits);
    const unsigned prefix = ::nl_addr_get_prefixlen(address);
    const std::uint32_t host = prefix >= 32 ? 0 : 0xffffffffU >> prefix;
    bits |= __builtin_bswap32(host);
    return AddrPtr(::nl_addr_build(AF_INET, &bits, sizeof bits));
}

}  // namespace

Result<> add_address(RouteSocket& socket, int link, const std::string& address) {
    TRY(const AddrPtr local, parse(address));
    const RtnlAddrPtr entry(::rtnl_addr_alloc());
    if (!entry) {
        return os_failure("add address", address, ENOMEM);
    }
    ::rtnl_addr_set_ifindex(entry.get(), link);
    if (const int code = ::rtnl_addr_set_local(entry.get(), local.get()); code < 0) {
        return netlink_failure("add address", address, code);
    }
    if (::nl_addr_get_family(local.get()) == AF_INET) {
        const AddrPtr broadcast = broadcast_of(local.get());
        ::rtnl_addr_set_broadcast(entry.get(), broadcast.get());
    } else {
        ::rtnl_addr_set_flags(entry.get(), IFA_F_NODAD);
    }
    if (const int code = ::rtnl_addr_add(socket.get(), entry.get(), 0);
        code < 0 && code != -NLE_EXIST) {
        return netlink_failure("add address", address, code);
    }
    return {};
}

Result<> add_default_route(RouteSocket& socket, int link, const std::string& gateway) {
    TRY(const AddrPtr via, parse(gateway));
    const int family = ::nl_addr_get_family(via.get());
    TRY(const AddrPtr anywhere, parse(family == AF_INET ? "0.0.0.0/0" : "::/0"));
    const RoutePtr route(::rtnl_route_alloc());
    rtnl_nexthop* hop = ::rtnl_route_nh_alloc();
    if (!route || hop == nullptr) {
        return os_failure("add route", gateway, ENOMEM);
    }
    ::rtnl_route_nh_set_ifindex(hop, link);
    ::rtnl_route_nh_set_gateway(hop, via.get());
    ::rtnl_route_add_nexthop(route.get(), hop);
    ::rtnl_route_set_family(route.get(), static_cast<std::uint8_t>(family));
    ::rtnl_route_set_scope(route.get(), RT_SCOPE_UNIVERSE);
    ::rtnl_route_set_protocol(route.get(), RTPROT_BOOT);
    ::rtnl_route_set_dst(route.get(), anywhere.get());
    if (const int code = ::rtnl_route_add(socket.get(), route.get(), 0); code < 0) {
        return netlink_failure("add route", gateway, code);
    }
    return {};
}

Result<std::vector<Route>> list_routes(RouteSocket& socket) {
    nl_cache* raw = nullptr;
    if (const int code = ::rtnl_route_alloc_cache(socket.get(), AF_INET, 0, &raw); code < 0) {
        return netlink_failure("list routes", "", code);
    }
    const CachePtr cache(raw);
    std::vector<Route> out;
    for (nl_object* object = ::nl_cache_get_first(raw); object != nullptr;
         object = ::nl_cache_get_next(object)) {
        auto* route = reinterpret_cast<rtnl_route*>(object);
        nl_addr* destination = ::rtnl_route_get_dst(route);
        if (::rtnl_route_get_table(route) != RT_TABLE_MAIN || destination == nullptr ||
            ::nl_addr_get_prefixlen(destination) == 0) {
            continue;
        }
        char text[64] = {};
        ::nl_addr2str(destination, text, sizeof text);
        Route found;
        found.destination = text;
        if (rtnl_nexthop* hop = ::rtnl_route_nexthop_n(route, 0); hop != nullptr) {
            found.link = ::rtnl_route_nh_get_ifindex(hop);
        }
        out.push_back(std::move(found));
    }
    return out;
}

std::optional<std::string> ipv4_of(const std::string& interface) {
    ifaddrs* all = nullptr;
    if (::getifaddrs(&all) != 0) {
        return std::nullopt;
    }
    const auto free_all = on_exit([all]() noexcept { ::freeifaddrs(all); });
    for (const ifaddrs* one = all; one != nullptr; one = one->ifa_next) {
        if (interface != one->ifa_name || one->ifa_addr == nullptr ||
            one->ifa_addr->sa_family != AF_INET || one->ifa_netmask == nullptr) {
            continue;
        }
        const auto* address = reinterpret_cast<const sockaddr_in*>(one->ifa_addr);
        const auto* mask = reinterpret_cast<const sockaddr_in*>(one->ifa_netmask);
        char text[INET_ADDRSTRLEN] = {};
        ::inet_ntop(AF_INET, &address->sin_addr, text, sizeof text);
        return text::format("{}/{}", text, std::popcount(mask->sin_addr.s_addr));
    }
    return std::nullopt;
}

}  // namespace wherry::os
