// A container's output, on to the command's own.
#pragma once

#include "wherry/types.hpp"

namespace wherry::command {

/// Writes it unbuffered where it belongs; false when nobody reads there any more.
bool write_output(const Output& output);

}  // namespace wherry::command
