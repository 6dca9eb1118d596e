// Putting an image together out of blobs and layers that are in the store.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "engine/images/layer_job.hpp"
#include "engine/images/manifest.hpp"
#include "engine/images/parts.hpp"

namespace wherry::images {

/// A layer and the blob it was made of.
struct LayerOfBlob {
    LayerRef layer;
    BlobRef blob;  ///< null where it was not kept
};

struct Assembly {
    std::string config_text;  ///< the image's id is its digest
    std::vector<LayerOfBlob> layers;
    std::vector<BlobRef> manifests;             ///< that it came with, indexes too
    std::vector<std::string> manifest_digests;  ///< those of them that are no indexes
};

/// The image, with configuration and manifest stored; a manifest is written where it came without.
[[nodiscard]] Task<Result<StoredImage>> assemble(Parts& parts, Assembly assembly);

}  // namespace wherry::images
