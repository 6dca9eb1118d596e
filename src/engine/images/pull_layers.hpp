// The layers of a pull: downloaded side by side, unpacked in order while others still arrive.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "engine/images/download.hpp"
#include "engine/images/manifest.hpp"

namespace wherry::images {

struct LayerOrders {
    std::vector<Descriptor> layers;     ///< lowest first
    std::vector<std::string> diff_ids;  ///< as many
};

/// Adds layers and blobs to `image`. The first failure ends the others and is returned.
[[nodiscard]] Task<Result<>> pull_layers(Parts& parts, RegistryClient& registry, LayerOrders orders,
                                         StoredImage& image, Progress& progress);

}  // namespace wherry::images
