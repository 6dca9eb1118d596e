// Images as an archive: an OCI image layout with docker save's manifest.json, so that either kind
// of reader takes it. Blobs are written as they came.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "engine/images/parts.hpp"
#include "net/http/message.hpp"

namespace wherry::images {

/// What the archive will hold; keeps the blobs while it is written.
struct SavePlan {
    struct Text {
        std::string path;
        std::string content;
    };
    std::vector<BlobRef> blobs;
    std::vector<Text> texts;
    std::vector<store::Event> events;
};

/// 404 for an unknown name; `unsupported` where compressed layers were discarded.
[[nodiscard]] Result<SavePlan> prepare_save(const Parts& parts,
                                            const std::vector<std::string>& names);
[[nodiscard]] Task<Result<>> run_save(Parts& parts, SavePlan plan, http::BodyWriter& out);

}  // namespace wherry::images
