// Rules of others that keep traffic from published ports: an accept in our table cannot override a
// drop in another. Pure.
#pragma once

#include <string>
#include <vector>

#include "codec/json/value.hpp"

namespace wherry::networks {

struct ForeignView {
    std::string own_table;             ///< of family inet; left out
    std::vector<std::string> bridges;  ///< of our networks
};

/// `ruleset` is what `nft -j list ruleset` prints. Followed is a new connection from another
/// machine to a published port, on its way to a container (forward) and to the monitor (input,
/// IPv6). A rule whose condition depends on more than that (an address, a port) is taken as not
/// meant for it. One sentence for each base chain that drops it.
[[nodiscard]] std::vector<std::string> find_foreign_drops(const json::Value& ruleset,
                                                          const ForeignView& view);

}  // namespace wherry::networks
