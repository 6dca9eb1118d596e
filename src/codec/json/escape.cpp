#include "codec/json/escape.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

namespace wherry::json {

namespace {

/// Bytes that need more than copying: controls, quote, backslash, everything beyond ASCII.
constexpr std::array<bool, 256> special = [] {
    std::array<bool, 256> table{};
    for (std::size_t byte = 0; byte < table.size(); ++byte) {
        table[byte] = byte < 0x20 || byte == '"' || byte == '\\' || byte >= 0x80;
    }
    return table;
}();

/// Length of the UTF-8 sequence at the front; 0 if it is not valid (RFC 3629).
std::size_t sequence_length(std::string_view text) {
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    const auto follows = [&](std::size_t at) {
        return at < text.size() && (byte(at) & 0xC0U) == 0x80;
    };
    const unsigned lead = byte(0);
    if (lead >= 0xC2 && lead <= 0xDF && follows(1)) {
        return 2;
    }
    if (lead >= 0xE0 && lead <= 0xEF && follows(1) && follows(2)) {
        const bool overlong = lead == 0xE0 && byte(1) < 0xA0;
        const bool surrogate = lead == 0xED && byte(1) > 0x9F;
        return overlong || surrogate ? 0 : 3;
    }
    if (lead >= 0xF0 && lead <= 0xF4 && follows(1) && follows(2) && follows(3)) {
        const bool overlong = lead == 0xF0 && byte(1) < 0x90;
        const bool too_large = lead == 0xF4 && byte(1) > 0x8F;
        return overlong || too_large ? 0 : 4;
    }
    return 0;
}

void write_ascii(std::string& out, unsigned char c) {
    constexpr std::string_view digits = "0123456789abcdef";
    switch (c) {
        case '"':
            out.append("\\\"");
            return;
        case '\\':
            out.append("\\\\");
            return;
        case '\n':
            out.append("\\n");
            return;
        case '\r':
            out.append("\\r");
            return;
        case '\t':
            out.append("\\t");
            return;
        case '\b':
            out.append("\\b");
            return;
        case '\f':
            out.append("\\f");
            return;
        default:
            out.append("\\u00");
            out.push_back(digits[c >> 4U]);
            out.push_back(digits[c & 15U]);
    }
}

/// Writes what begins at the front and returns its length.
std::size_t write_special(std::string& out, std::string_view text) {
    const auto first = static_cast<unsigned char>(text[0]);
    if (first < 0x80) {
        write_ascii(out, first);
        return 1;
    }
    const std::size_t length = sequence_length(text);
    if (length == 0) {
        out.append("\\ufffd");
        return 1;
    }
    const std::string_view sequence = text.substr(0, length);
    if (sequence == "\xE2\x80\xA8") {
        out.append("\\u2028");
    } else if (sequence == "\xE2\x80\xA9") {
        out.append("\\u2029");
    } else {
        out.append(sequence);
    }
    return length;
}

}  // namespace

void write_string(std::string& out, std::string_view text) {
    out.push_back('"');
    while (!text.empty()) {
        std::size_t plain = 0;
        while (plain < text.size() && !special[static_cast<unsigned char>(text[plain])]) {
            ++plain;
        }
        out.append(text.substr(0, plain));
        text.remove_prefix(plain);
        if (!text.empty()) {
            text.remove_prefix(write_special(out, text));
        }
    }
    out.push_back('"');
}

void write_double(std::string& out, double value) {
    if (!std::isfinite(value)) {
        out.append("null");
        return;
    }
    const double size = std::abs(value);
    const bool scientific = size != 0 && (size < 1e-6 || size >= 1e21);
    std::array<char, 64> digits{};
    const auto end =
        std::to_chars(digits.data(), digits.data() + digits.size(), value,
                      scientific ? std::chars_format::scientific : std::chars_format::fixed);
    std::string_view text(digits.data(), static_cast<std::size_t>(end.ptr - digits.data()));
    // Go writes e-7 where C++ writes e-07.
    if (scientific && text.substr(0, text.size() - 1).ends_with("e-0")) {
        out.append(text.substr(0, text.size() - 2));
        text.remove_prefix(text.size() - 1);
    }
    out.append(text);
}

std::string valid_utf8(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        std::size_t length = static_cast<unsigned char>(text[0]) < 0x80 ? 1 : sequence_length(text);
        if (length == 0) {
            out.append("\uFFFD");
            length = 1;
        } else {
            out.append(text.substr(0, length));
        }
        text.remove_prefix(length);
    }
    return out;
}

}  // namespace wherry::json
