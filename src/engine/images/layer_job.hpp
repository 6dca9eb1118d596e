// Making a layer of a blob: unpacked once, checked against the configuration.
#pragma once

#include <string>

#include "base/result.hpp"
#include "engine/images/parts.hpp"
#include "engine/images/progress.hpp"

namespace wherry::images {

struct LayerOrder {
    std::string diff_id;   ///< what it must be; "" takes whatever it is
    std::string chain_id;  ///< "" for a lowest layer of an unknown diff id
    std::string label;     ///< by which messages name it
    std::string status = "Extracting";
};

/// The layer, from the store or unpacked from `blob`. A failure leaves nothing behind. The files
/// are not durable yet.
[[nodiscard]] Task<Result<LayerRef>> make_layer(Parts& parts, BlobRef blob, LayerOrder order,
                                                Progress& progress);

}  // namespace wherry::images
