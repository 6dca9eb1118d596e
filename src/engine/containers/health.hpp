// What a container's health probes run, and how their results are shown. Pure.
#pragma once

#include <string>
#include <string_view>

#include "api/generated/container.hpp"
#include "codec/wire/health.hpp"
#include "engine/containers/container.hpp"

namespace wherry::containers {

/// The program and its arguments; empty if the container is not probed.
[[nodiscard]] api::List<std::string> probe_command(const api::ContainerConfig& config);
/// "starting", "healthy", "unhealthy".
[[nodiscard]] std::string_view to_string(wire::HealthStatus status) noexcept;
/// Adds the results of `told` to what is shown, of which the last five stay.
void add_health(api::Health& health, const wire::HealthState& told);
/// What a list's status says of it: "healthy", "health: starting"; "" for nothing.
[[nodiscard]] std::string health_text(const Container& container);
/// Probing has ended with its container.
void stop_health(Container& container);

}  // namespace wherry::containers
