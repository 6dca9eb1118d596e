#include <array>

#include "codec/logfile/record.hpp"
#include "codec/logfile/utf8.hpp"

namespace wherry::logfile {

namespace {

consteval std::array<bool, 256> plain_bytes() {
    std::array<bool, 256> plain{};
    for (std::size_t byte = 0x20; byte < 0x80; ++byte) {
        plain[byte] = byte != '"' && byte != '\\' && byte != '<' && byte != '>' && byte != '&';
    }
    return plain;
}
constexpr auto plain = plain_bytes();

constexpr std::size_t block_size = 32;

/// Whether all of a block is copied as it is; without branches, so that it becomes a few vector
/// instructions.
bool is_plain_block(const char* at) {
    unsigned special = 0;
    for (std::size_t i = 0; i < block_size; ++i) {
        const auto byte = static_cast<unsigned char>(at[i]);
        const auto range = static_cast<unsigned char>(byte - 0x20);
        special |= static_cast<unsigned>(range >= 0x60) | static_cast<unsigned>(byte == '"') |
                   static_cast<unsigned>(byte == '\\') | static_cast<unsigned>(byte == '<') |
                   static_cast<unsigned>(byte == '>') | static_cast<unsigned>(byte == '&');
    }
    return special == 0;
}

void append_ascii(std::string& out, unsigned byte) {
    switch (byte) {
        case '"':
            out.append(R"(\")");
            return;
        case '\\':
            out.append(R"(\\)");
            return;
        case '\n':
            out.append(R"(\n)");
            return;
        case '\r':
            out.append(R"(\r)");
            return;
        default:
            break;
    }
    constexpr std::string_view digits = "0123456789abcdef";
    out.append(R"(\u00)");
    out.push_back(digits[byte >> 4]);
    out.push_back(digits[byte & 0xf]);
}

/// Escapes what is at the start of `text`, which is not plain; returns its length.
std::size_t append_special(std::string& out, std::string_view text) {
    const auto byte = static_cast<unsigned char>(text[0]);
    if (byte < 0x80) {
        append_ascii(out, byte);
        return 1;
    }
    const std::size_t length = utf8_length(text);
    if (length == 0) {
        out.append(R"(\ufffd)");
        return 1;
    }
    const auto sequence = text.substr(0, length);
    // Line and paragraph separators are escaped, since JavaScript takes them for line ends.
    if (sequence == "\xe2\x80\xa8" || sequence == "\xe2\x80\xa9") {
        out.append(sequence.back() == '\xa8' ? R"(\u2028)" : R"(\u2029)");
    } else {
        out.append(sequence);
    }
    return length;
}

}  // namespace

void append_escaped(std::string& out, std::string_view text) {
    std::size_t start = 0;
    std::size_t at = 0;
    while (true) {
        while (text.size() - at >= block_size && is_plain_block(text.data() + at)) {
            at += block_size;
        }
        while (at < text.size() && plain[static_cast<unsigned char>(text[at])]) {
            ++at;
        }
        out.append(text, start, at - start);
        if (at == text.size()) {
            return;
        }
        at += append_special(out, text.substr(at));
        start = at;
    }
}

std::string record_tail(Stream stream, std::string_view attributes, std::string_view time) {
    std::string tail = R"(","stream":")";
    tail.append(name(stream));
    if (!attributes.empty()) {
        tail.append(R"(","attrs":)").append(attributes).append(R"(,"time":")");
    } else {
        tail.append(R"(","time":")");
    }
    return tail.append(time).append("\"}\n");
}

}  // namespace wherry::logfile
