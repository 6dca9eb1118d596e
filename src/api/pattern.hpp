// Regular expressions of filters (Go's syntax, the parts that names and ids are searched with), and
// the globs of image references. Both take linear time; hostile patterns cost no more.
#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace wherry::api {

/// Literals, `.`, classes (`[a-z]`, `[^/]`, `\d \w \s`), `^`, `$`, groups, `|`, `* + ? {m,n}` and
/// a leading `(?i)`. Bytes, not characters.
class Pattern {
  public:
    /// Nothing where the pattern is wrong or too large.
    [[nodiscard]] static std::optional<Pattern> compile(std::string_view text);
    /// Anywhere in the text.
    [[nodiscard]] bool found_in(std::string_view text) const;

  private:
    friend class PatternParser;
    enum class Kind : std::uint8_t { set, split, jump, begin, end, match };
    struct Step {
        Kind kind = Kind::match;
        std::uint32_t set = 0;  ///< of `sets_`
        std::uint32_t first = 0;
        std::uint32_t second = 0;
    };
    using Threads = std::vector<std::uint32_t>;
    struct Run;

    std::vector<Step> steps_;
    std::vector<std::bitset<256>> sets_;
};

/// A shell glob where `*`, `?` and `[…]` do not match a slash. "syntax error in pattern" (500, as
/// the reference answers it).
[[nodiscard]] Result<bool> glob_match(std::string_view pattern, std::string_view text);

}  // namespace wherry::api
