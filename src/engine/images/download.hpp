// Getting blobs from a registry: digested while they arrive, resumed where they broke off.
#pragma once

#include "base/result.hpp"
#include "engine/images/manifest.hpp"
#include "engine/images/parts.hpp"
#include "engine/images/progress.hpp"
#include "engine/images/registry_client.hpp"

namespace wherry::images {

/// The blob, from the store or from the registry. Simultaneous downloads of one blob are one.
/// Its size and digest are checked; what failed leaves nothing behind.
[[nodiscard]] Task<Result<BlobRef>> download_layer(Parts& parts, RegistryClient& registry,
                                                   Descriptor blob, Progress& progress);
/// A small blob (a configuration), stored and as a text.
struct SmallBlob {
    BlobRef ref;
    std::string text;
};
[[nodiscard]] Task<Result<SmallBlob>> download_small(Parts& parts, RegistryClient& registry,
                                                     Descriptor blob);
/// Stores a text that is there already (a manifest), under its digest.
[[nodiscard]] Task<Result<BlobRef>> store_text(Parts& parts, std::string text);

/// The twelve digits by which messages name a layer.
[[nodiscard]] std::string short_digest(std::string_view digest);

}  // namespace wherry::images
