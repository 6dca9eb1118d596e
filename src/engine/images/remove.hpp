// Removing images: names first, then the image itself when nothing names or uses it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "engine/images/parts.hpp"

namespace wherry::images {

struct RemoveOptions {
    bool force = false;
};

/// One line of the answer: a name that was taken away, or an image or layer that has gone.
struct Removed {
    std::string untagged;
    std::string deleted;
};

/// `name` is a name, an id or a prefix of one. Conflicts read as the reference's (409).
[[nodiscard]] Task<Result<std::vector<Removed>>> remove_image(Parts& parts, std::string name,
                                                              RemoveOptions options);

struct PruneFilter {
    bool dangling_only = true;
    std::function<bool(const StoredImage&)> wanted;  ///< null takes all
};
struct Pruned {
    std::vector<Removed> removed;
    std::uint64_t reclaimed_bytes = 0;
};
/// Removes unused images; 409 while another prune runs.
[[nodiscard]] Task<Result<Pruned>> prune_images(Parts& parts, PruneFilter filter);

/// Whether all names of an image are one tag and digests of the same repository.
[[nodiscard]] bool is_single_reference(const std::vector<api::Reference>& names);

}  // namespace wherry::images
