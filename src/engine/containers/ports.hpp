// Ports of containers: "80/tcp", bindings to the host, and how inspect and list show them. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/generated/container.hpp"
#include "base/result.hpp"
#include "engine/networks/endpoint.hpp"

namespace wherry::containers {

struct Port {
    std::uint16_t number = 0;
    networks::Protocol protocol = networks::Protocol::tcp;
    [[nodiscard]] auto operator<=>(const Port&) const = default;
};

/// "80", "80/tcp", "53/UDP"; nothing if it is none.
[[nodiscard]] std::optional<Port> find_port(std::string_view text);
[[nodiscard]] std::string_view protocol_name(networks::Protocol protocol);
/// "80/tcp"
[[nodiscard]] std::string port_text(const Port& port);

/// PortBindings and exposed ports with PublishAllPorts as requests; 400 "invalid port
/// specification: …" for what is no port or range. A binding of a port that is not exposed is
/// passed over, as the reference does.
[[nodiscard]] Result<std::vector<networks::PortRequest>> port_requests(
    const api::ContainerConfig& config, const api::HostConfig& host);

/// NetworkSettings.Ports of a running container: an exposed port that is not published has a null
/// list.
[[nodiscard]] api::Map<api::List<api::PortBinding>> ports_in_use(
    const api::ContainerConfig& config, const std::vector<networks::PublishedPort>& published);
/// The `Ports` of a list's entry.
[[nodiscard]] api::List<api::PortSummary> port_summaries(
    const api::ContainerConfig& config, const std::vector<networks::PublishedPort>& published);

}  // namespace wherry::containers
