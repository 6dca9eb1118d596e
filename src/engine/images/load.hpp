// Images out of an archive, as `docker save` and other tools write it: manifest.json with files
// beside it, or an OCI image layout. Read once, in constant memory.
#pragma once

#include <optional>

#include "api/platform.hpp"
#include "base/result.hpp"
#include "engine/images/load_archive.hpp"
#include "engine/images/parts.hpp"
#include "engine/images/progress.hpp"
#include "net/http/message.hpp"

namespace wherry::images {

struct LoadOptions {
    bool quiet = false;
    std::optional<api::PlatformSpec> platform;
};

/// The archive's files, on disk but in no store yet.
[[nodiscard]] Task<Result<ImageArchive>> receive_archive(Parts& parts, http::BodyReader& body);
/// Tells "Loaded image: R" or "Loaded image ID: ID" for each.
[[nodiscard]] Task<Result<>> load_images(Parts& parts, ImageArchive archive, LoadOptions options,
                                         Progress& progress);

}  // namespace wherry::images
