// Manual pages of the verbs: commands/VERB.md, embedded when the program is built.
#pragma once

#include <string>
#include <string_view>

namespace wherry::command {

/// The page's text; empty for a name that has none.
[[nodiscard]] std::string_view find_page(std::string_view name) noexcept;
/// The first line in the page's first indented block: "wherry ps [OPTIONS]".
[[nodiscard]] std::string usage_of(std::string_view page);
/// The page as --help prints it.
[[nodiscard]] std::string help_of(std::string_view page);

}  // namespace wherry::command
