// What this build is, as `version` and `info` tell it.
#pragma once

#include <string>
#include <string_view>

namespace wherry::server {

/// SemVer of the reference engine that goes with the newest API version served, plus our own:
/// "29.7.0+wherry.0.1.0".
[[nodiscard]] const std::string& engine_version();
[[nodiscard]] std::string_view wherry_version();
[[nodiscard]] std::string_view git_commit();
/// RFC 3339 with nine digits, as the reference writes it.
[[nodiscard]] std::string build_time();
/// The compiler, where the reference names its own.
[[nodiscard]] std::string_view compiler();

}  // namespace wherry::server
