#include "api/digest.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "base/text.hpp"

namespace wherry::api {

namespace {

struct Algorithm {
    std::string_view name;
    std::size_t digits;
};

constexpr std::array algorithms = {Algorithm{"sha256", 64}, Algorithm{"sha384", 96},
                                   Algorithm{"sha512", 128}};
constexpr std::size_t fewest_digits = 32;

bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}
bool is_lower_hex(char c) noexcept {
    return is_digit(c) || (c >= 'a' && c <= 'f');
}
bool is_hex(char c) noexcept {
    return is_lower_hex(c) || (c >= 'A' && c <= 'F');
}
bool is_letter(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Words that begin with a letter, joined by one of "-_+.".
bool is_algorithm(std::string_view text) noexcept {
    bool at_start = true;
    for (const char c : text) {
        const bool joint = std::string_view("-_+.").find(c) != std::string_view::npos;
        if (at_start ? !is_letter(c) : !joint && !is_letter(c) && !is_digit(c)) {
            return false;
        }
        at_start = joint;
    }
    return !at_start;
}

}  // namespace

bool is_digest(std::string_view text) noexcept {
    constexpr std::string_view prefix = "sha256:";
    return text.starts_with(prefix) && text.size() == prefix.size() + algorithms[0].digits &&
           std::ranges::all_of(text.substr(prefix.size()), is_lower_hex);
}

Result<> check_digest(std::string_view text) {
    const auto parts = text::cut(text, ":");
    if (!parts || !is_algorithm(parts->first) || parts->second.size() < fewest_digits ||
        !std::ranges::all_of(parts->second, is_hex)) {
        return fail(ErrorKind::invalid, "invalid reference format");
    }
    const auto* known = std::ranges::find(algorithms, parts->first, &Algorithm::name);
    if (known == algorithms.end()) {
        return fail(ErrorKind::invalid, "unsupported digest algorithm");
    }
    if (parts->second.size() != known->digits) {
        return fail(ErrorKind::invalid, "invalid checksum digest length");
    }
    if (!std::ranges::all_of(parts->second, is_lower_hex)) {
        return fail(ErrorKind::invalid, "invalid checksum digest format");
    }
    return {};
}

}  // namespace wherry::api
