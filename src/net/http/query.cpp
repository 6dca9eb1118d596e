// Query strings and percent coding.
#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "net/http/message.hpp"

namespace wherry::http {

namespace {

int hex_value(char c) noexcept {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    return -1;
}

bool is_unreserved(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

}  // namespace

std::string percent_encode(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        if (is_unreserved(c)) {
            out.push_back(c);
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out.push_back('%');
        out.push_back(digits[byte >> 4]);
        out.push_back(digits[byte & 15]);
    }
    return out;
}

Result<std::string> percent_decode(std::string_view text, bool plus_is_space) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+' && plus_is_space) {
            out.push_back(' ');
            continue;
        }
        if (text[i] != '%') {
            out.push_back(text[i]);
            continue;
        }
        const int high = i + 1 < text.size() ? hex_value(text[i + 1]) : -1;
        const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
        if (high < 0 || low < 0) {
            return fail(ErrorKind::invalid, "invalid URL escape \"{}\"", text.substr(i, 3));
        }
        out.push_back(static_cast<char>(high * 16 + low));
        i += 2;
    }
    return out;
}

Result<Query> Query::parse(std::string_view text) {
    Query query;
    for (const auto part : text::split(text, '&')) {
        if (part.empty()) {
            continue;
        }
        const auto equals = part.find('=');
        TRY(auto name, percent_decode(part.substr(0, equals), true));
        std::string value;
        if (equals != std::string_view::npos) {
            TRY(value, percent_decode(part.substr(equals + 1), true));
        }
        query.add(std::move(name), std::move(value));
    }
    return query;
}

void Query::add(std::string name, std::string value) {
    fields_.emplace_back(std::move(name), std::move(value));
}

std::string_view Query::get(std::string_view name) const noexcept {
    for (const auto& [key, value] : fields_) {
        if (key == name) {
            return value;
        }
    }
    return {};
}

std::vector<std::string_view> Query::all(std::string_view name) const {
    std::vector<std::string_view> values;
    for (const auto& [key, value] : fields_) {
        if (key == name) {
            values.emplace_back(value);
        }
    }
    return values;
}

bool Query::has(std::string_view name) const noexcept {
    return std::ranges::any_of(fields_, [&](const auto& field) { return field.first == name; });
}

bool Query::flag(std::string_view name, bool missing) const {
    if (!has(name)) {
        return missing;
    }
    constexpr std::array<std::string_view, 5> no = {"", "0", "no", "false", "none"};
    const std::string value = text::lower(text::trim(get(name)));
    return std::ranges::find(no, value) == no.end();
}

std::string Query::encode() const {
    std::string out;
    for (const auto& [name, value] : fields_) {
        out.append(out.empty() ? "" : "&");
        out.append(percent_encode(name)).append("=").append(percent_encode(value));
    }
    return out;
}

}  // namespace wherry::http
