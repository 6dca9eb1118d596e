// What the version of a path changes in requests and replies about containers (behaviour: gates on
// the API version). Pure.
#pragma once

#include <string>
#include <vector>

#include "api/generated/container.hpp"
#include "api/version.hpp"
#include "base/result.hpp"

namespace wherry::server {

[[nodiscard]] Result<> gate_create(api::ContainerCreateRequest& request, api::ApiVersion version,
                                   std::vector<std::string>& warnings);
void gate_update(api::ContainerUpdateRequest& request, api::ApiVersion version);
void gate_summary(api::ContainerSummary& summary, api::ApiVersion version);
void gate_inspect(api::ContainerInspectResponse& view, api::ApiVersion version);
/// The reply's JSON: what the newest API versions have no longer is left out.
[[nodiscard]] Result<std::string> inspect_text(const api::ContainerInspectResponse& view,
                                               api::ApiVersion version);

}  // namespace wherry::server
