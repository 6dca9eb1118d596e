#include "monitor/detach_keys.hpp"

namespace wherry::monitor {

bool DetachKeys::pass(std::string_view typed, std::string& out) {
    if (sequence_.empty()) {
        out.append(typed);
        return false;
    }
    for (const char c : typed) {
        if (c == sequence_[matched_]) {
            if (++matched_ == sequence_.size()) {
                return true;
            }
            continue;
        }
        // As the reference: a broken sequence is passed on whole, and the byte may start another.
        out.append(sequence_, 0, matched_);
        matched_ = c == sequence_[0] ? 1 : 0;
        if (matched_ == 1 && sequence_.size() == 1) {
            return true;
        }
        if (matched_ == 0) {
            out.push_back(c);
        }
    }
    return false;
}

void DetachKeys::finish(std::string& out) {
    out.append(sequence_, 0, matched_);
    matched_ = 0;
}

}  // namespace wherry::monitor
