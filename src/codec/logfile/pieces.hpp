// Output bytes to lines, for drivers other than json-file; a line over 16 KiB comes in pieces, as
// the reference cuts it: all bear the first one's time, an id that they share, and their number.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace wherry::logfile {

struct Piece {
    std::string_view text;  ///< without its newline
    Time time;
    bool ends_line = true;  ///< a newline came behind it
    std::string_view id;    ///< "" for a line in one piece
    unsigned ordinal = 0;   ///< of the piece, from 1 on
};

/// One a stream.
class PieceCutter {
  public:
    using Sink = std::function<void(const Piece&)>;

    void feed(std::string_view bytes, Time time, const Sink& sink);
    /// The stream has ended: what is left of a line is a piece that no newline ends.
    void finish(Time time, const Sink& sink);
    /// Gives memory back.
    void shrink() { pending_.shrink_to_fit(); }

  private:
    void emit(std::string_view text, Time time, bool ends_line, const Sink& sink);

    std::string pending_;  // the start of a line whose end has not come yet
    std::string id_;       // of the line that goes on in pieces
    unsigned ordinal_ = 0;
    Time first_time_{};
};

}  // namespace wherry::logfile
