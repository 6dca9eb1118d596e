// Where the program that owns a container is.
#pragma once

#include <string>

namespace wherry::embed {

/// Beside the file that holds this code (the shared library, or the program), in ../bin of that,
/// then in PATH; "" where it is nowhere.
[[nodiscard]] std::string find_monitor();

}  // namespace wherry::embed
