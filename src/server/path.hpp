// Paths of requests: cleaning, the version prefix, matching against a route's pattern. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wherry::server {

/// A decoded path without `//`, `.` and `..`; a final slash stays. "" becomes "/".
[[nodiscard]] std::string clean_path(std::string_view path);

/// A path for a Location header: what must not stand in a path is percent-encoded.
[[nodiscard]] std::string encode_path(std::string_view path);

struct VersionedPath {
    std::optional<std::string> version;  ///< the digits and dots after "/v"
    std::string_view rest;               ///< what the routes match
};
/// Cuts "/vDIGITS-AND-DOTS" off; other prefixes stay (and match no route).
[[nodiscard]] VersionedPath split_version(std::string_view path);

/// The variables of `pattern` in `path`, or nothing where it does not match. A variable takes as
/// much as it can, slashes included.
[[nodiscard]] std::optional<std::vector<std::string>> match(std::string_view pattern,
                                                            std::string_view path);

}  // namespace wherry::server
