// Verbs that do one thing to several containers.
#pragma once

#include <functional>

#include "bin/wherry/command.hpp"

namespace wherry::command {

/// Does it to each, prints the names for which it went well, and then what went wrong. The exit
/// code.
int for_each(const Words& names, const std::function<Result<>(const std::string& name)>& action);

}  // namespace wherry::command
