// Control groups by the path that an OCI runtime was given ("/docker/ID"), whatever hierarchies the
// machine has: v2, v1, or v1 with an empty v2 tree beside it.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace wherry::os {

enum class CgroupMode { v1, v2, hybrid };

[[nodiscard]] CgroupMode cgroup_mode();
/// Where hierarchies are mounted: one folder for v2, one a hierarchy for v1 (the v2 one of a hybrid
/// included).
[[nodiscard]] std::vector<std::string> cgroup_roots();

/// Makes moving processes between groups cheap (the option "favordynmods" of the v2 tree,
/// Linux 6.0; it holds for v1 hierarchies too). False if it was so, or there is no v2 tree; an
/// error where the kernel does not know it.
[[nodiscard]] Result<bool> favor_group_changes();
/// The options of the v2 tree that is mounted on `folder`, from a mountinfo table. Pure.
[[nodiscard]] std::optional<std::vector<std::string>> unified_options(const std::string& table,
                                                                      const std::string& folder);

/// Moves the calling process into the group, in every hierarchy that has it; an error if none has.
/// A group of v2 whose processes have moved into groups of their own takes it where `like` is.
[[nodiscard]] Result<> join_cgroup(const std::string& path, pid_t like);
/// Every process of the group and the groups below it.
[[nodiscard]] std::vector<pid_t> cgroup_processes(const std::string& path);
/// Kills them, frozen or not, also those that are being born; does not wait for their end. True if
/// there was none (any more).
[[nodiscard]] Result<bool> kill_cgroup(const std::string& path);
/// Removes the group and the groups below it from every hierarchy; EBUSY while it has processes.
[[nodiscard]] Result<> remove_cgroup(const std::string& path);
/// How many of its processes were killed for want of memory.
[[nodiscard]] std::uint64_t cgroup_oom_kills(const std::string& path);

}  // namespace wherry::os
