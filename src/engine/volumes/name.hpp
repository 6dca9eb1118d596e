// What a local volume may be called, and told. Pure.
#pragma once

#include <string_view>

#include "api/list.hpp"
#include "base/result.hpp"

namespace wherry::volumes {

/// 400 with the reference's text.
[[nodiscard]] Result<> check_name(std::string_view name);
/// Options that the driver does not know are 400; those that need a mount of its own are 501.
[[nodiscard]] Result<> check_options(const api::Map<std::string>& options);

}  // namespace wherry::volumes
