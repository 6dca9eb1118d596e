#include "engine/networks/ports.hpp"

#include <algorithm>

namespace wherry::networks {

namespace {

bool is_v6(std::string_view address) {
    return address.find(':') != std::string_view::npos;
}

bool is_any(std::string_view address) {
    return address == "0.0.0.0" || address == "::";
}

bool clash(std::string_view a, std::string_view b) {
    return is_v6(a) == is_v6(b) && (a == b || is_any(a) || is_any(b));
}

}  // namespace

std::string_view protocol_name(Protocol protocol) noexcept {
    switch (protocol) {
        case Protocol::udp:
            return "udp";
        case Protocol::sctp:
            return "sctp";
        case Protocol::tcp:
            break;
    }
    return "tcp";
}

bool PortRegistry::free(Protocol protocol, std::string_view address, std::uint16_t port) const {
    const auto found = taken_.find({protocol, port});
    return found == taken_.end() ||
           std::ranges::none_of(found->second,
                                [&](const std::string& other) { return clash(address, other); });
}

void PortRegistry::take(const PublishedPort& port) {
    taken_[{port.protocol, port.host_port}].push_back(port.host_ip);
}

void PortRegistry::release(const PublishedPort& port) {
    const auto found = taken_.find({port.protocol, port.host_port});
    if (found == taken_.end()) {
        return;
    }
    std::erase(found->second, port.host_ip);
    if (found->second.empty()) {
        taken_.erase(found);
    }
}

std::vector<std::uint16_t> PortRegistry::candidates(const PortRequest& request) const {
    std::uint32_t first = request.host_port_first;
    std::uint32_t last = std::max(request.host_port_last, request.host_port_first);
    std::uint32_t start = first;
    if (first == 0) {
        first = first_;
        last = last_;
        const auto previous = previous_.find(request.protocol);
        start =
            previous == previous_.end() || previous->second >= last ? first : previous->second + 1U;
    }
    std::vector<std::uint16_t> out;
    for (std::uint32_t port = start; port <= last; ++port) {
        out.push_back(static_cast<std::uint16_t>(port));
    }
    for (std::uint32_t port = first; port < start; ++port) {
        out.push_back(static_cast<std::uint16_t>(port));
    }
    return out;
}

}  // namespace wherry::networks
