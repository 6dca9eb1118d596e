// IPv4 addresses and subnets as numbers, and what is made of them.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace wherry::networks {

struct Ipv4 {
    std::uint32_t bits = 0;  ///< host order

    [[nodiscard]] static Result<Ipv4> parse(std::string_view text);
    [[nodiscard]] std::string text() const;
    /// Four bytes in network order.
    [[nodiscard]] std::string bytes() const;
    [[nodiscard]] auto operator<=>(const Ipv4&) const = default;
};

struct Subnet {
    Ipv4 base;
    int prefix = 0;

    /// "172.17.0.0/16"; bits past the prefix are cut.
    [[nodiscard]] static Result<Subnet> parse(std::string_view text);
    [[nodiscard]] std::string text() const;
    [[nodiscard]] bool contains(Ipv4 address) const noexcept;
    [[nodiscard]] bool overlaps(const Subnet& other) const noexcept;
    /// The last address, which is the broadcast address.
    [[nodiscard]] Ipv4 last() const noexcept;
    [[nodiscard]] bool operator==(const Subnet&) const = default;
};

/// A random address of a link: unicast, locally administered.
[[nodiscard]] std::string random_mac();
/// 02:42 and the address: who had the address before had the same, so that neighbours that remember
/// it are not wrong.
[[nodiscard]] std::string mac_of(Ipv4 address);

}  // namespace wherry::networks
