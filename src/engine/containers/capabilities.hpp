// Linux capabilities by name (capabilities(7)), as CapAdd and CapDrop of the API choose them. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace wherry::containers {

/// "CAP_CHOWN" …, in the kernel's order.
[[nodiscard]] const std::vector<std::string>& all_capabilities();

/// The set as the kernel counts it: bit N for capability N. Names that it does not know count
/// nothing.
[[nodiscard]] std::uint64_t capability_bits(const std::vector<std::string>& names);

/// What a container has unless it says otherwise (behaviour: default sandbox lists).
[[nodiscard]] const std::vector<std::string>& default_capabilities();

/// What remains of the defaults after `add` and `drop`: names with or without "CAP_", any case, or
/// ALL; `privileged` has all. An unknown name is 400.
[[nodiscard]] Result<std::vector<std::string>> choose_capabilities(
    const std::vector<std::string>& add, const std::vector<std::string>& drop, bool privileged);

}  // namespace wherry::containers
