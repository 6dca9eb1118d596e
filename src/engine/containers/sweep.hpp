// What is left of a run whose monitor has died: processes, control groups, the runtime's state.
// Blocks.
#pragma once

#include <string>

#include "base/result.hpp"
#include "engine/containers/validate.hpp"

namespace wherry::containers {

struct LostRun {
    std::string container_id;
    std::string cgroup;  ///< from the root of the hierarchies
    Runtime runtime{.program = "crun"};
    std::string runtime_root;  ///< its --root
};

/// Kills every process in the control group, deletes the container from the runtime by force, and
/// looks once more (a runtime that was still starting may have finished meanwhile).
[[nodiscard]] Result<> sweep_run(const LostRun& run);

/// The number of processes has no limit any more, v1 or v2.
[[nodiscard]] Result<> lift_pids_limit(const std::string& cgroup);

/// Writes to the freezer of a control group, v1 or v2.
[[nodiscard]] Result<> set_frozen(const std::string& cgroup, bool frozen);
/// What was last written there; false where there is no such group.
[[nodiscard]] bool is_frozen(const std::string& cgroup);

}  // namespace wherry::containers
