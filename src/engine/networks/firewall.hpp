// The engine's nftables table. All jobs of one thread; each blocks.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/networks/rules.hpp"
#include "os/netlink/nftables.hpp"

namespace wherry::networks {

class Firewall {
  public:
    explicit Firewall(std::string table) : table_(std::move(table)) {}

    [[nodiscard]] const std::string& table() const noexcept { return table_; }
    /// By which the kernel names this object's changes (os::NftWatch).
    [[nodiscard]] Result<std::uint32_t> port_id();
    [[nodiscard]] Result<bool> exists();
    /// Makes the table, or brings it up to date, with the program `nft`; its elements stay. The
    /// programs' process ids, by which the kernel names their changes, are added to `loaders`.
    [[nodiscard]] Result<> load_skeleton(std::vector<std::uint32_t>& loaders);
    /// Takes the table away; absence is no error.
    [[nodiscard]] Result<> drop();
    /// One transaction that leaves exactly these elements in the table.
    [[nodiscard]] Result<> replace(const Elements& elements);
    /// Adds elements; one that is there with another value (left by a dead container) is replaced.
    [[nodiscard]] Result<> add(const Elements& elements);
    /// Removes elements; missing ones are no error.
    [[nodiscard]] Result<> remove(const Elements& elements);
    /// Flows to the UDP ports of an endpoint that went elsewhere so far (to nobody, or to a dead
    /// container) are looked at anew; else a client that keeps on sending keeps them alive. Where
    /// the kernel cannot tell them that is logged, and they end by themselves.
    static void forget_flows(const EndpointState& state);

  private:
    [[nodiscard]] Result<os::NftSocket*> socket();
    [[nodiscard]] Result<> apply(const std::vector<os::NftChange>& changes);
    [[nodiscard]] Result<> one_by_one(const Elements& elements, bool remove);

    std::string table_;
    // Stays open: closing it after a removal waits for the kernel's grace period (10 ms).
    std::optional<os::NftSocket> socket_;
};

}  // namespace wherry::networks
