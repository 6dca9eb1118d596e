// Output bytes to json-file records, a line each; a line over 16 KiB becomes several, as the
// reference does: only the last one ends with a newline, and all bear the first one's time.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "codec/logfile/record.hpp"

namespace wherry::logfile {

inline constexpr std::size_t piece_limit = 16 * 1024;

/// One a stream. Appends whole records to a buffer that the caller writes; so many small lines cost
/// one write.
class Splitter {
  public:
    Splitter(Stream stream, std::string attributes)
        : stream_(stream), attributes_(std::move(attributes)) {}

    /// `time` is RFC 3339 text, the same for all lines of the read.
    void feed(std::string& out, std::string_view bytes, std::string_view time);
    /// The stream has ended: what is left of a line is a record without newline.
    void finish(std::string& out, std::string_view time);

  private:
    void append_record(std::string& out, std::string_view text, bool whole_line);
    void set_time(std::string_view time);

    Stream stream_;
    std::string attributes_;
    std::string pending_;  // the start of a line whose end has not come yet
    std::string time_;
    std::string tail_;          // of time_
    std::string partial_tail_;  // of the line's first piece; empty: the line has no piece yet
};

}  // namespace wherry::logfile
