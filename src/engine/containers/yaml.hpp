// The part of YAML that device specifications are written in: block mappings and lists, plain and
// quoted scalars, flow lists of scalars, comments. Anchors, tags and block scalars are refused.
#pragma once

#include <string_view>

#include "base/result.hpp"
#include "codec/json/value.hpp"

namespace wherry::containers {

/// Plain scalars that look like numbers, true, false or null become those.
[[nodiscard]] Result<json::Value> parse_yaml(std::string_view text);

}  // namespace wherry::containers
