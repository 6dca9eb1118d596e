// The layer below every image: the places of what a runtime mounts in every container, where the
// image has none of its own. As it is a layer, they are no changes of the container, and are there
// before its first start. One for all containers, never changed.
#pragma once

#include <string>

#include "base/result.hpp"

namespace wherry::containers {

/// Makes it where it is missing. Blocks for a moment.
[[nodiscard]] Result<> make_init_layer(const std::string& folder);

}  // namespace wherry::containers
