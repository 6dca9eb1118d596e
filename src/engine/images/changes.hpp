// Dockerfile instructions applied to an image's configuration (`changes` of import and commit).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "engine/images/oci.hpp"

namespace wherry::images {

/// CMD, ENTRYPOINT, ENV, EXPOSE, HEALTHCHECK, LABEL, ONBUILD, STOPSIGNAL, USER, VOLUME, WORKDIR;
/// anything else is 400 "X is not a valid change command".
[[nodiscard]] Result<> apply_changes(const std::vector<std::string>& changes,
                                     oci::RunConfig& config);

/// Words as a shell would split them, quotes and backslashes taken off.
[[nodiscard]] std::vector<std::string> split_words(std::string_view text);

}  // namespace wherry::images
