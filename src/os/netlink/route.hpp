// Addresses of interfaces and routes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "os/netlink/rtnetlink.hpp"

namespace wherry::os {

/// `address` with its prefix ("172.17.0.1/16"); v4 gets its broadcast address. An address that is
/// there already is no error.
[[nodiscard]] Result<> add_address(RouteSocket& socket, int link, const std::string& address);
[[nodiscard]] Result<> add_default_route(RouteSocket& socket, int link, const std::string& gateway);

/// The first IPv4 address of an interface, with its prefix; nothing where there is none.
[[nodiscard]] std::optional<std::string> ipv4_of(const std::string& interface);

struct Route {
    std::string destination;  ///< "172.17.0.0/16"; default routes are not listed
    int link = 0;
};
/// The IPv4 routes of the main table.
[[nodiscard]] Result<std::vector<Route>> list_routes(RouteSocket& socket);

}  // namespace wherry::os
