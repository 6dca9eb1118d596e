// Small text tools; `format` knows `{}` only, so that `base` needs the standard library alone.
#pragma once

#include <charconv>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wherry::text {

namespace detail {

inline void put(std::string& out, std::string_view value) {
    out.append(value);
}
inline void put(std::string& out, char value) {
    out.push_back(value);
}
// A template, so that a `const char*` does not become a bool.
template <std::same_as<bool> T>
void put(std::string& out, T value) {
    out.append(value ? "true" : "false");
}
template <class T>
    requires(std::integral<T> && !std::same_as<T, char> && !std::same_as<T, bool>)
void put(std::string& out, T value) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, value);
    out.append(digits, end.ptr);
}

/// Copies the pattern up to the next `{}` and returns what follows it.
std::string_view copy_to_hole(std::string& out, std::string_view pattern);

}  // namespace detail

/// Replaces each `{}` of the pattern, in order, by an argument: text, character, bool or integer.
template <class... Args>
[[nodiscard]] std::string format(std::string_view pattern, const Args&... args) {
    std::string out;
    ((pattern = detail::copy_to_hole(out, pattern), detail::put(out, args)), ...);
    out.append(pattern);
    return out;
}

/// The parts between separators; an empty text has one empty part.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);
/// Cuts at the first separator: {before, after}, or nothing where there is none.
[[nodiscard]] std::optional<std::pair<std::string_view, std::string_view>> cut(
    std::string_view text, std::string_view separator);
[[nodiscard]] std::string join(const std::vector<std::string>& parts, std::string_view separator);
[[nodiscard]] std::string_view trim(std::string_view text);
[[nodiscard]] std::string lower(std::string_view text);
[[nodiscard]] bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept;
[[nodiscard]] std::string hex(std::string_view bytes);

/// The whole text as a decimal number; nothing if any of it is not.
template <std::integral T = std::int64_t>
[[nodiscard]] std::optional<T> parse_int(std::string_view text) {
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || text.empty()) {
        return std::nullopt;
    }
    return value;
}

}  // namespace wherry::text
