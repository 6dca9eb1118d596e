// AppArmor, where the kernel has it (apparmor(7), aa_change_onexec(2)).
#pragma once

#include <string>

#include "base/result.hpp"

namespace wherry::os {

/// The kernel enforces profiles, and `apparmor_parser` is there to load them.
[[nodiscard]] bool has_apparmor();
/// Whether the kernel knows a profile of that name.
[[nodiscard]] Result<bool> apparmor_profile_loaded(const std::string& name);
/// Compiles and loads a profile's source, in place of one of the same name. Blocks.
[[nodiscard]] Result<> load_apparmor_profile(const std::string& source);
/// The caller's next program is confined by the profile. `proc` is a descriptor of a /proc that is
/// known to be one.
[[nodiscard]] Result<> confine_next_program(int proc, const std::string& profile);

}  // namespace wherry::os
