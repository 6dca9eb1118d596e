#include "codec/json/writer.hpp"

#include <charconv>

namespace wherry::json {

void Writer::key(std::string_view name) {
    if (!out_.empty() && out_.back() != '{') {
        out_.push_back(',');
    }
    out_.push_back('"');
    out_.append(name);
    out_.append("\":");
}

void Writer::number(std::int64_t value) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, value);
    out_.append(digits, end.ptr);
}

void Writer::value(const Value& value) {
    value.append_to(out_);
}

void Writer::unknown(const Unknown& members) {
    if (members.members() == nullptr) {
        return;
    }
    for (const auto& [name, json] : *members.members()) {
        if (out_.back() != '{') {
            out_.push_back(',');
        }
        write_string(out_, name);
        out_.push_back(':');
        out_.append(json);
    }
}

}  // namespace wherry::json
