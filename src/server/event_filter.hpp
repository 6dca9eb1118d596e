// Which events a listener wants, and how they are written (API section "events"). Pure.
#pragma once

#include <string>

#include "api/filters.hpp"
#include "api/version.hpp"
#include "engine/store/event.hpp"

namespace wherry::server {

/// Filters: container, daemon, event, image, label, network, plugin, scope, type, volume and so on;
/// unknown keys are ignored, as the reference does.
[[nodiscard]] bool wanted(const store::Event& event, const api::Filters& filters,
                          const api::ApiVersion& version);

/// One JSON object, without a line end. Before 1.52 container and image events carry `status`, `id`
/// and `from` too.
[[nodiscard]] std::string event_text(const store::Event& event, const api::ApiVersion& version);

}  // namespace wherry::server
