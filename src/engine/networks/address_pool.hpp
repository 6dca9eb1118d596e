// Which addresses of a subnet are taken. The lowest free one is given, as the reference does.
#pragma once

#include <set>
#include <vector>

#include "engine/networks/address.hpp"

namespace wherry::networks {

class AddressPool {
  public:
    /// The network's own address, the broadcast address and the gateway are never given.
    AddressPool(Subnet subnet, Ipv4 gateway);
    /// Given are addresses of this part alone.
    void restrict_to(const Subnet& range);

    [[nodiscard]] const Subnet& subnet() const noexcept { return subnet_; }
    [[nodiscard]] Ipv4 gateway() const noexcept { return gateway_; }
    [[nodiscard]] Result<Ipv4> take();
    /// This very address; `conflict` ("Address already in use") if it is taken.
    [[nodiscard]] Result<> take(Ipv4 address);
    void release(Ipv4 address);
    [[nodiscard]] std::uint64_t in_use() const noexcept { return taken_.size(); }
    [[nodiscard]] std::uint64_t capacity() const noexcept;

  private:
    [[nodiscard]] bool reserved(Ipv4 address) const noexcept;

    Subnet subnet_;
    Ipv4 gateway_;
    Subnet range_;
    std::set<Ipv4> taken_;
    Ipv4 lowest_free_;  ///< all below it is taken or reserved
};

/// The first of the candidates that overlaps none of the used subnets.
[[nodiscard]] Result<Subnet> choose_subnet(const std::vector<Subnet>& candidates,
                                           const std::vector<Subnet>& used);
/// What the default bridge may use, best first: 172.17.0.0/16 as the reference, then others.
[[nodiscard]] std::vector<Subnet> default_bridge_subnets();

}  // namespace wherry::networks
