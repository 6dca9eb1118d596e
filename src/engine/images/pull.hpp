// Pulling an image: names resolved at the registry first (whatever fails there is the request's
// status), then blobs and layers, then one sync, then the record that makes the image visible.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/platform.hpp"
#include "api/reference.hpp"
#include "base/result.hpp"
#include "engine/images/parts.hpp"
#include "engine/images/progress.hpp"
#include "engine/images/registry_client.hpp"

namespace wherry::images {

struct PullRequest {
    api::Reference reference;  ///< name only: all tags
    std::optional<api::PlatformSpec> platform;
    Credentials credentials;
};

/// A name that was found at a registry.
struct FoundImage {
    api::Reference reference;
    std::shared_ptr<RegistryClient> registry;  ///< shared by the tags of one pull
    FetchedManifest top;
};

/// What a pull has to do, once the first name was found.
struct PullPlan {
    PullRequest request;
    FoundImage first;
    std::vector<std::string> other_tags;
};

/// Finds the name, by mirrors and in the order of the endpoints. Errors carry the status and text
/// of the reference ("manifest for R not found: …", "pull access denied for R, …").
[[nodiscard]] Task<Result<PullPlan>> prepare_pull(Parts& parts, PullRequest request);
/// Does it, telling `progress`.
[[nodiscard]] Task<Result<>> run_pull(Parts& parts, PullPlan plan, Progress& progress);

/// A registry's error in the reference's words.
[[nodiscard]] Error translate_pull_error(Error error, const api::Reference& reference);

}  // namespace wherry::images
