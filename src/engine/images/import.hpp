// An image of one layer, out of a tar of a root file system.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/platform.hpp"
#include "api/reference.hpp"
#include "base/result.hpp"
#include "engine/images/parts.hpp"
#include "net/http/message.hpp"

namespace wherry::images {

struct ImportOptions {
    std::optional<api::Reference> name;
    std::string message;
    std::vector<std::string> changes;  ///< Dockerfile instructions
    std::optional<api::PlatformSpec> platform;
};

/// The new image's id. The body may be compressed in any way that codec/archive reads.
[[nodiscard]] Task<Result<std::string>> import_image(Parts& parts, http::BodyReader& body,
                                                     ImportOptions options);

}  // namespace wherry::images
