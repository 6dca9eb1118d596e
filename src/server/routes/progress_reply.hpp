// Replies that tell progress: lines while an operation runs, its error as the last one.
#pragma once

#include "engine/images/progress.hpp"
#include "net/http/message.hpp"

namespace wherry::server {

/// Writes lines to `out` while `verb` runs (it tells the same `lines`); its error comes in-band.
[[nodiscard]] Task<Result<>> tell_progress(std::shared_ptr<images::ProgressLines> lines,
                                           Task<Result<>> verb, http::BodyWriter& out);

}  // namespace wherry::server
