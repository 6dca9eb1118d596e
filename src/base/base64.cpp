#include "base/base64.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "base/text.hpp"

namespace wherry {

namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::optional<std::uint32_t> digit(char c) {
    if (c == '-') {
        c = '+';
    } else if (c == '_') {
        c = '/';
    }
    const auto at = alphabet.find(c);
    if (at == std::string_view::npos) {
        return std::nullopt;
    }
    return static_cast<std::uint32_t>(at);
}

}  // namespace

std::string base64(std::string_view bytes) {
    std::string out;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::uint32_t group = 0;
        const std::size_t have = std::min<std::size_t>(3, bytes.size() - i);
        for (std::size_t j = 0; j < 3; ++j) {
            group = group << 8U |
                    (j < have ? static_cast<unsigned char>(bytes[i + j]) : std::uint32_t{0});
        }
        for (std::size_t j = 0; j < 4; ++j) {
            out += j <= have ? alphabet[group >> (18U - 6U * static_cast<unsigned>(j)) & 63U] : '=';
        }
    }
    return out;
}

Result<std::string> base64_decode(std::string_view text) {
    std::string out;
    std::uint32_t group = 0;
    unsigned bits = 0;
    for (const char c : text) {
        if (c == '=' || c == '\n' || c == '\r' || c == ' ') {
            continue;
        }
        const auto value = digit(c);
        if (!value) {
            return fail(ErrorKind::invalid, "illegal base64 data");
        }
        group = group << 6U | *value;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            out += static_cast<char>(group >> bits & 0xffU);
        }
    }
    return out;
}

}  // namespace wherry
