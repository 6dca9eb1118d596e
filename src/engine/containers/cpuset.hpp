// Lists of processors and memory nodes as the kernel writes them: "0-3,8" (cpuset(7)). Pure.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace wherry::containers {

/// Nothing for a text that is none; empty for "".
[[nodiscard]] std::optional<std::set<int>> parse_cpu_list(std::string_view text);

}  // namespace wherry::containers
