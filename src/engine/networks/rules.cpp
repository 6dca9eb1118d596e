#include "engine/networks/rules.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace wherry::networks {

namespace {

constexpr std::size_t interface_bytes = 16;

bool is_v6(std::string_view address) {
    return address.find(':') != std::string_view::npos;
}

std::string protocol_key(Protocol protocol) {
    return {static_cast<char>(protocol), 0, 0, 0};
}

std::string port_key(std::uint16_t port) {
    return {static_cast<char>(port >> 8), static_cast<char>(port), 0, 0};
}

std::string interface_key(std::string name) {
    name.resize(interface_bytes);
    return name;
}

void add_once(Elements& elements, os::NftElement element) {
    if (std::ranges::find(elements, element) == elements.end()) {
        elements.push_back(std::move(element));
    }
}

}  // namespace

Elements network_elements(const BridgeRules& rules) {
    Elements out;
    out.push_back({.set = "bridges", .key = interface_key(rules.bridge)});
    if (rules.inter_container) {
        out.push_back({.set = "open_between",
                       .key = interface_key(rules.bridge) + interface_key(rules.bridge)});
    }
    if (rules.masquerade) {
        out.push_back({.set = "subnets4", .key = rules.subnet.base.bytes()});
        out.push_back({.set = "subnets4",
                       .key = Ipv4{rules.subnet.last().bits + 1}.bytes(),
                       .interval_end = true});
    }
    return out;
}

Elements endpoint_elements(const std::string& bridge, const EndpointState& state) {
    Elements out;
    const auto address = Ipv4::parse(state.ipv4_address);
    if (!address || bridge.empty()) {
        return out;
    }
    out.push_back({.set = "endpoints4", .key = address->bytes() + interface_key(bridge)});
    for (const PublishedPort& port : state.ports) {
        if (is_v6(port.host_ip)) {
            continue;  // relayed by the monitor
        }
        const std::string target = address->bytes() + port_key(port.container_port);
        const std::string service = protocol_key(port.protocol) + port_key(port.host_port);
        add_once(out, {.set = "reachable4",
                       .key = address->bytes() + protocol_key(port.protocol) +
                              port_key(port.container_port)});
        if (port.host_ip == "0.0.0.0") {
            add_once(out, {.set = "ports_any4", .key = service, .data = target});
        } else if (const auto at = Ipv4::parse(port.host_ip); at) {
            add_once(out, {.set = "ports4", .key = at->bytes() + service, .data = target});
        }
    }
    return out;
}

}  // namespace wherry::networks
