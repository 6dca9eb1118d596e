#include <string_view>

#include "api/pattern.hpp"

namespace wherry::api {

namespace {

/// One element of a glob: a star, any one byte, a set, or a byte.
struct Element {
    enum class Kind : unsigned char { star, one, set, byte } kind = Kind::byte;
    std::bitset<256> set;
    char byte = 0;

    [[nodiscard]] bool takes(char c) const {
        switch (kind) {
            case Kind::one:
                return c != '/';
            case Kind::set:
                return set.test(static_cast<unsigned char>(c));
            default:
                return c == byte;
        }
    }
};

/// A byte inside brackets, escaped or not; false where there is none.
bool take_byte(std::string_view& text, unsigned char& byte) {
    if (text.starts_with('\\')) {
        text.remove_prefix(1);
    } else if (text.starts_with('-') || text.starts_with(']')) {
        return false;
    }
    if (text.empty()) {
        return false;
    }
    byte = static_cast<unsigned char>(text.front());
    text.remove_prefix(1);
    return true;
}

/// What follows "[", up to and with "]".
bool take_set(std::string_view& text, std::bitset<256>& set) {
    const bool negated = text.starts_with('^');
    text.remove_prefix(negated ? 1 : 0);
    bool any = false;
    while (!text.starts_with(']') || !any) {
        unsigned char from = 0;
        if (!take_byte(text, from)) {
            return false;
        }
        unsigned char to = from;
        if (text.starts_with('-')) {
            text.remove_prefix(1);
            if (!take_byte(text, to)) {
                return false;
            }
        }
        for (unsigned byte = from; byte <= to; ++byte) {
            set.set(byte);
        }
        any = true;
    }
    text.remove_prefix(1);
    set = negated ? ~set : set;
    return true;
}

bool take_element(std::string_view& text, Element& element) {
    const char c = text.front();
    text.remove_prefix(1);
    element.byte = c;
    switch (c) {
        case '*':
            element.kind = Element::Kind::star;
            return true;
        case '?':
            element.kind = Element::Kind::one;
            return true;
        case '[':
            element.kind = Element::Kind::set;
            return take_set(text, element.set);
        case '\\':
            if (text.empty()) {
                return false;
            }
            element.byte = text.front();
            text.remove_prefix(1);
            return true;
        default:
            return true;
    }
}

}  // namespace

Result<bool> glob_match(std::string_view pattern, std::string_view text) {
    std::vector<Element> elements;
    while (!pattern.empty()) {
        if (!take_element(pattern, elements.emplace_back())) {
            return fail(ErrorKind::internal, "syntax error in pattern");
        }
    }
    // Which beginnings of the text the elements so far can match.
    std::vector<bool> reach(text.size() + 1);
    reach[0] = true;
    for (const auto& element : elements) {
        std::vector<bool> next(text.size() + 1);
        for (std::size_t at = 0; at <= text.size(); ++at) {
            if (element.kind == Element::Kind::star) {
                next[at] = reach[at] || (at > 0 && next[at - 1] && text[at - 1] != '/');
            } else {
                next[at] = at > 0 && reach[at - 1] && element.takes(text[at - 1]);
            }
        }
        reach = std::move(next);
    }
    return static_cast<bool>(reach[text.size()]);
}

}  // namespace wherry::api
