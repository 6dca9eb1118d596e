// Cuts a stream of JSON documents apart, however the bytes come: one a line, with blanks between,
// or with the RS byte of json-seq in front. No I/O.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace wherry::sdk {

class Documents {
  public:
    explicit Documents(std::size_t limit) : limit_(limit) {}

    void feed(std::string_view bytes) { buffer_.append(bytes); }
    /// The next whole document, if it is there; an error if it is longer than the limit.
    [[nodiscard]] Result<std::optional<std::string>> next();
    /// Whether the stream may end here: not inside a document.
    [[nodiscard]] bool at_boundary() const noexcept;

  private:
    void skip_blanks();
    /// Just behind the document that begins at 0; npos while its end is not there.
    [[nodiscard]] std::size_t find_end();

    std::size_t limit_;
    std::string buffer_;
    std::size_t scanned_ = 0;
    std::size_t depth_ = 0;
    bool in_string_ = false;
    bool escaped_ = false;
};

}  // namespace wherry::sdk
