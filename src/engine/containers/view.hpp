// How inspect and list show a container. Pure but for the sizes, which are given.
#pragma once

#include "api/generated/container.hpp"
#include "engine/containers/container.hpp"
#include "engine/store/layout.hpp"

namespace wherry::containers {

/// `apparmor`: the host has it.
[[nodiscard]] api::ContainerInspectResponse inspect_view(const Container& container,
                                                         const store::Layout& layout,
                                                         bool apparmor);
/// `image`: what the entry calls its image.
[[nodiscard]] api::ContainerSummary summary_view(const Container& container, std::string image,
                                                 Time at);
[[nodiscard]] api::Map<api::EndpointSettings> endpoint_views(const Container& container);
/// "sh -c 'sleep 1'"
[[nodiscard]] std::string command_text(const Record& record);

}  // namespace wherry::containers
