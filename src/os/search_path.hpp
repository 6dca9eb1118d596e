// Finding programs.
#pragma once

#include <string>

namespace wherry::os {

/// The path of a program by name, looked up in $PATH and the usual system folders; a name with a
/// slash is taken as it is. "" where there is none that can be executed.
[[nodiscard]] std::string find_program(const std::string& name);

/// The folder of the running program's file, without a final slash.
[[nodiscard]] std::string program_folder();

}  // namespace wherry::os
