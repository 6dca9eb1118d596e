// Networks as they are stored, and the three that every engine has.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/generated/network.hpp"
#include "engine/networks/address_pool.hpp"

namespace wherry::networks {

inline constexpr std::string_view record_kind = "network";
inline constexpr std::string_view bridge_name_option = "com.docker.network.bridge.name";

[[nodiscard]] std::string encode_network(const api::Network& network);
[[nodiscard]] Result<api::Network> decode_network(std::string_view json);

/// none, host and bridge, with new ids; the bridge's addresses are chosen later.
[[nodiscard]] std::vector<api::Network> default_networks(unsigned mtu);
[[nodiscard]] bool is_predefined(std::string_view name) noexcept;
/// The pool of a network that has a subnet.
[[nodiscard]] std::optional<AddressPool> stored_pool(const api::Network& network);
/// "" where none was chosen yet.
[[nodiscard]] std::string bridge_name(const api::Network& network);

}  // namespace wherry::networks
