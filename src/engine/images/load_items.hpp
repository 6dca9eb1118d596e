// What an image archive holds, read from its manifest.json or index.json.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/platform.hpp"
#include "base/result.hpp"
#include "engine/images/load_archive.hpp"
#include "engine/images/manifest.hpp"

namespace wherry::images {

/// A blob of the archive: a manifest or an index that an image came with.
struct ArchivedManifest {
    std::string path;
    std::string digest;
    bool is_index = false;
};

struct LoadItem {
    std::string config_path;
    std::vector<std::string> layer_paths;  ///< lowest first
    std::vector<std::string> names;        ///< "alpine:latest"
    std::vector<ArchivedManifest> manifests;
};

/// docker save's layout where there is one, else OCI's. `platform` chooses from indexes.
[[nodiscard]] Result<std::vector<LoadItem>> list_items(const ImageArchive& archive,
                                                       const api::PlatformSpec& platform);

}  // namespace wherry::images
