// Which ports of the host are given to containers.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/networks/endpoint.hpp"

namespace wherry::networks {

[[nodiscard]] std::string_view protocol_name(Protocol protocol) noexcept;

class PortRegistry {
  public:
    /// Ephemeral ports come from first..last, one after the other.
    PortRegistry(std::uint16_t first, std::uint16_t last) : first_(first), last_(last) {}

    /// "0.0.0.0" and "::" clash with every address of their family.
    [[nodiscard]] bool free(Protocol protocol, std::string_view address, std::uint16_t port) const;
    void take(const PublishedPort& port);
    void release(const PublishedPort& port);

    /// The host ports to try for a request, in order: one, a range, or the ephemeral ports from
    /// where the last search ended.
    [[nodiscard]] std::vector<std::uint16_t> candidates(const PortRequest& request) const;
    /// The next ephemeral search starts behind this port.
    void used_ephemeral(Protocol protocol, std::uint16_t port) { previous_[protocol] = port; }

  private:
    std::uint16_t first_;
    std::uint16_t last_;
    std::map<std::pair<Protocol, std::uint16_t>, std::vector<std::string>> taken_;
    std::map<Protocol, std::uint16_t> previous_;
};

}  // namespace wherry::networks
