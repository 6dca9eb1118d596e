#include "engine/networks/address_pool.hpp"

#include <algorithm>

namespace wherry::networks {

AddressPool::AddressPool(Subnet subnet, Ipv4 gateway)
    : subnet_(subnet), gateway_(gateway), range_(subnet), lowest_free_(subnet.base) {}

void AddressPool::restrict_to(const Subnet& range) {
    range_ = range;
    lowest_free_ = range.base;
}

bool AddressPool::reserved(Ipv4 address) const noexcept {
    return address == gateway_ || address == subnet_.base || address == subnet_.last();
}

std::uint64_t AddressPool::capacity() const noexcept {
    const std::uint64_t all = std::uint64_t{subnet_.last().bits} - subnet_.base.bits + 1;
    return all < 4 ? 0 : all - 3;
}

Result<Ipv4> AddressPool::take() {
    for (Ipv4 address = lowest_free_; range_.contains(address); ++address.bits) {
        if (!reserved(address) && taken_.insert(address).second) {
            lowest_free_ = {address.bits + 1};
            return address;
        }
        if (address == range_.last()) {
            break;
        }
    }
    return Error(ErrorKind::internal,
                 "no available IPv4 addresses on this network's address pools");
}

Result<> AddressPool::take(Ipv4 address) {
    if (!subnet_.contains(address)) {
        return fail(ErrorKind::invalid, "no configured subnet contains IP address {}",
                    address.text());
    }
    if (reserved(address) || !taken_.insert(address).second) {
        return Error(ErrorKind::conflict, "Address already in use");
    }
    return {};
}

void AddressPool::release(Ipv4 address) {
    if (taken_.erase(address) != 0 && range_.contains(address)) {
        lowest_free_ = std::min(lowest_free_, address);
    }
}

Result<Subnet> choose_subnet(const std::vector<Subnet>& candidates,
                             const std::vector<Subnet>& used) {
    for (const Subnet& candidate : candidates) {
        const bool free = std::ranges::none_of(
            used, [&](const Subnet& other) { return candidate.overlaps(other); });
        if (free) {
            return candidate;
        }
    }
    return Error(ErrorKind::internal,
                 "all predefined address pools have been fully subnetted (every candidate "
                 "overlaps a route of this host)");
}

std::vector<Subnet> default_bridge_subnets() {
    std::vector<Subnet> out;
    for (std::uint32_t second = 17; second < 32; ++second) {
        out.push_back({.base = {172U << 24 | second << 16}, .prefix = 16});
    }
    for (std::uint32_t third = 0; third < 256; third += 16) {
        out.push_back({.base = {192U << 24 | 168U << 16 | third << 8}, .prefix = 20});
    }
    return out;
}

}  // namespace wherry::networks
