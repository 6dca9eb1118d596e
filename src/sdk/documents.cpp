#include "sdk/documents.hpp"

namespace wherry::sdk {

namespace {

constexpr std::string_view blanks = " \t\r\n\x1e";

}  // namespace

void Documents::skip_blanks() {
    if (scanned_ == 0) {
        const auto start = buffer_.find_first_not_of(blanks);
        buffer_.erase(0, start == std::string::npos ? buffer_.size() : start);
    }
}

std::size_t Documents::find_end() {
    for (; scanned_ < buffer_.size(); ++scanned_) {
        const char c = buffer_[scanned_];
        if (in_string_) {
            in_string_ = escaped_ || c != '"';
            escaped_ = !escaped_ && c == '\\';
        } else if (c == '"') {
            in_string_ = true;
        } else if (c == '{' || c == '[') {
            ++depth_;
        } else if ((c == '}' || c == ']') && depth_ > 0) {
            --depth_;
            if (depth_ == 0) {
                return scanned_ + 1;
            }
        } else if (c == '\n' && depth_ == 0) {
            return scanned_;  // no object: the reader will say what it is
        }
    }
    return std::string::npos;
}

Result<std::optional<std::string>> Documents::next() {
    skip_blanks();
    const std::size_t end = find_end();
    if (end == std::string::npos) {
        if (buffer_.size() > limit_) {
            return fail(ErrorKind::invalid, "a message of the stream is longer than {} bytes",
                        limit_);
        }
        return std::optional<std::string>();
    }
    std::optional<std::string> document(buffer_.substr(0, end));
    buffer_.erase(0, end);
    scanned_ = 0;
    depth_ = 0;
    in_string_ = false;
    return document;
}

bool Documents::at_boundary() const noexcept {
    return buffer_.find_first_not_of(blanks) == std::string::npos;
}

}  // namespace wherry::sdk
