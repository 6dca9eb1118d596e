// `--format`: `json`, or text with {{.FIELD.MEMBER}} and {{json .FIELD}} in it. The rest of Go's
// template language is refused by name.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "codec/json/value.hpp"

namespace wherry::command {

class Format {
  public:
    [[nodiscard]] static Result<Format> parse(std::string_view text);

    /// `json` alone: the whole object is wanted.
    [[nodiscard]] bool is_json() const noexcept { return json_; }
    /// One object as the format wants it, without a line's end. A field that is not there, and one
    /// that has no plain text, is an error.
    [[nodiscard]] Result<std::string> apply(const json::Value& object) const;

  private:
    struct Part {
        std::string text;  ///< as it stands, or the field's path ("." for the whole)
        bool field = false;
        bool as_json = false;
    };
    [[nodiscard]] static Result<Part> read_action(std::string_view action);

    std::vector<Part> parts_;
    bool json_ = false;
};

/// JSON text as Go indents it: four blanks, empty objects and lists on one line. What stands in the
/// text stays as it is.
[[nodiscard]] std::string indent_json(std::string_view text, std::size_t depth);

}  // namespace wherry::command
