// What is mounted where, from /proc/self/mountinfo (proc(5)).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace wherry::os {

struct MountEntry {
    std::string target;
    bool shared = false;  ///< it propagates to its peers
    bool slave = false;   ///< it receives what its master propagates
};

/// Pure: the lines of a mountinfo file.
[[nodiscard]] std::vector<MountEntry> parse_mount_table(std::string_view text);
[[nodiscard]] Result<std::vector<MountEntry>> mount_table();
/// The mount that an absolute, clean path lies on: the last of those with the longest target.
[[nodiscard]] std::optional<MountEntry> mount_of(const std::vector<MountEntry>& table,
                                                 std::string_view path);

}  // namespace wherry::os
