#include "codec/logfile/splitter.hpp"

#include <algorithm>

namespace wherry::logfile {

void Splitter::set_time(std::string_view time) {
    if (time_ != time) {
        time_.assign(time);
        tail_ = record_tail(stream_, attributes_, time);
    }
}

void Splitter::append_record(std::string& out, std::string_view text, bool whole_line) {
    out.append(record_start);
    append_escaped(out, text);
    if (!whole_line && partial_tail_.empty()) {
        partial_tail_ = tail_;
    }
    if (whole_line) {
        out.append(R"(\n)");
    }
    out.append(partial_tail_.empty() ? tail_ : partial_tail_);
    if (whole_line) {
        partial_tail_.clear();
    }
}

void Splitter::feed(std::string& out, std::string_view bytes, std::string_view time) {
    set_time(time);
    while (!bytes.empty()) {
        const std::size_t room = piece_limit - pending_.size();
        const auto window = bytes.substr(0, room);
        const std::size_t newline = window.find('\n');
        const bool whole_line = newline != std::string_view::npos;
        if (!whole_line && window.size() < room) {
            pending_.append(window);
            return;
        }
        const auto text = whole_line ? window.substr(0, newline) : window;
        if (pending_.empty()) {
            append_record(out, text, whole_line);
        } else {
            pending_.append(text);
            append_record(out, pending_, whole_line);
            pending_.clear();
        }
        bytes.remove_prefix(text.size() + (whole_line ? 1 : 0));
    }
}

void Splitter::finish(std::string& out, std::string_view time) {
    if (!pending_.empty()) {
        set_time(time);
        append_record(out, pending_, false);
        pending_.clear();
    }
    partial_tail_.clear();
}

}  // namespace wherry::logfile
