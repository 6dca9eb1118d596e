#include "codec/logfile/pieces.hpp"

#include "base/id.hpp"
#include "codec/logfile/splitter.hpp"

namespace wherry::logfile {

void PieceCutter::emit(std::string_view text, Time time, bool ends_line, const Sink& sink) {
    if (!ends_line && id_.empty()) {
        id_ = new_id();
        first_time_ = time;
    }
    Piece piece{.text = text, .time = time, .ends_line = ends_line};
    if (!id_.empty()) {
        piece.time = first_time_;
        piece.id = id_;
        piece.ordinal = ++ordinal_;
    }
    sink(piece);
    if (ends_line) {
        id_.clear();
        ordinal_ = 0;
    }
}

void PieceCutter::feed(std::string_view bytes, Time time, const Sink& sink) {
    while (!bytes.empty()) {
        const std::size_t room = piece_limit - pending_.size();
        const auto window = bytes.substr(0, room);
        const std::size_t newline = window.find('\n');
        const bool ends_line = newline != std::string_view::npos;
        if (!ends_line && window.size() < room) {
            pending_.append(window);
            return;
        }
        const auto text = window.substr(0, newline);
        if (pending_.empty()) {
            emit(text, time, ends_line, sink);
        } else {
            pending_.append(text);
            emit(pending_, time, ends_line, sink);
            pending_.clear();
        }
        bytes.remove_prefix(text.size() + (ends_line ? 1 : 0));
    }
}

void PieceCutter::finish(Time time, const Sink& sink) {
    if (!pending_.empty()) {
        emit(pending_, time, false, sink);
        pending_.clear();
    }
    id_.clear();
    ordinal_ = 0;
}

}  // namespace wherry::logfile
