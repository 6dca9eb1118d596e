#include "api/reference.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace wherry::api {

namespace {

constexpr std::size_t max_repository = 255;
constexpr std::size_t max_tag = 128;
constexpr std::size_t sha256_digits = 64;

bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}
bool is_lower(char c) noexcept {
    return c >= 'a' && c <= 'z';
}
bool is_alnum(char c) noexcept {
    return is_digit(c) || is_lower(c) || (c >= 'A' && c <= 'Z');
}
bool is_hex(std::string_view text) noexcept {
    return std::ranges::all_of(text, [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); });
}

Error bad_format() {
    return {ErrorKind::invalid, "invalid reference format"};
}

struct Split {
    std::string domain;
    std::string rest;
};

// What stands before the first slash is a host only if it looks like one.
Split split_domain(std::string_view name) {
    Split split{.domain = std::string(default_domain), .rest = std::string(name)};
    if (const auto parts = text::cut(name, "/")) {
        const std::string_view first = parts->first;
        const bool is_host = first == "localhost" || first.find_first_of(".:") != first.npos ||
                             text::lower(first) != first;
        if (is_host) {
            split.domain = first == "index.docker.io" ? default_domain : first;
            split.rest = parts->second;
        }
    }
    if (split.domain == default_domain && split.rest.find('/') == std::string::npos) {
        split.rest.insert(0, "library/");
    }
    return split;
}

// alpha-numeric parts, joined by one dot, one or two underscores, or any number of dashes.
bool is_path_component(std::string_view text) noexcept {
    std::size_t i = 0;
    while (true) {
        const std::size_t start = i;
        while (i < text.size() && (is_lower(text[i]) || is_digit(text[i]))) {
            ++i;
        }
        if (i == start) {
            return false;
        }
        if (i == text.size()) {
            return true;
        }
        const std::size_t end = text.find_first_not_of("._-", i);
        const std::string_view separator =
            text.substr(i, end == std::string_view::npos ? end : end - i);
        const bool dashes = separator.find_first_not_of('-') == std::string_view::npos;
        if (!dashes && separator != "." && separator != "_" && separator != "__") {
            return false;
        }
        i += separator.size();
    }
}

bool is_path(std::string_view path) {
    return std::ranges::all_of(text::split(path, '/'), is_path_component);
}

bool is_host_label(std::string_view label) noexcept {
    return !label.empty() && is_alnum(label.front()) && is_alnum(label.back()) &&
           std::ranges::all_of(label, [](char c) { return is_alnum(c) || c == '-'; });
}

bool is_domain(std::string_view domain) {
    std::string_view host = domain;
    if (host.starts_with('[')) {
        const auto end = host.find(']');
        if (end == std::string_view::npos || end < 2 ||
            host.substr(1, end - 1).find_first_not_of("0123456789abcdefABCDEF:") != host.npos) {
            return false;
        }
        const std::string_view port = host.substr(end + 1);
        return port.empty() || (port.starts_with(':') && port.size() > 1 &&
                                std::ranges::all_of(port.substr(1), is_digit));
    }
    if (const auto parts = text::cut(host, ":")) {
        if (parts->second.empty() || !std::ranges::all_of(parts->second, is_digit)) {
            return false;
        }
        host = parts->first;
    }
    return std::ranges::all_of(text::split(host, '.'), is_host_label);
}

}  // namespace

bool is_tag(std::string_view text) noexcept {
    return !text.empty() && text.size() <= max_tag && (is_alnum(text.front()) || text[0] == '_') &&
           std::ranges::all_of(
               text, [](char c) { return is_alnum(c) || c == '_' || c == '.' || c == '-'; });
}

Result<Reference> Reference::parse(std::string_view text) {
    if (text.size() == sha256_digits && is_hex(text)) {
        return fail(ErrorKind::invalid,
                    "invalid repository name ({}), cannot specify 64-byte hexadecimal strings",
                    text);
    }
    auto [domain, rest] = split_domain(text);
    const std::string remote = rest.substr(0, rest.find(':'));
    if (text::lower(remote) != remote) {
        return fail(ErrorKind::invalid,
                    "invalid reference format: repository name ({}) must be lowercase", remote);
    }
    Reference reference;
    reference.domain = std::move(domain);
    std::string_view left = rest;
    if (const auto parts = text::cut(left, "@")) {
        CHECK_OK(check_digest(parts->second));
        reference.digest = parts->second;
        left = parts->first;
    }
    if (const auto parts = text::cut(left, ":")) {
        if (!is_tag(parts->second)) {
            return bad_format();
        }
        reference.tag = parts->second;
        left = parts->first;
    }
    reference.path = left;
    if (!is_path(left) || !is_domain(reference.domain)) {
        return bad_format();
    }
    if (reference.path.size() > max_repository) {
        return fail(ErrorKind::invalid, "repository name must not be more than {} characters",
                    max_repository);
    }
    return reference;
}

std::string Reference::familiar_name() const {
    if (domain != default_domain) {
        return repository();
    }
    constexpr std::string_view library = "library/";
    if (path.starts_with(library) && path.find('/', library.size()) == std::string::npos) {
        return path.substr(library.size());
    }
    return path;
}

Reference Reference::with_default_tag() const {
    Reference named = *this;
    if (is_name_only()) {
        named.tag = "latest";
    }
    return named;
}

std::string Reference::suffix() const {
    std::string out;
    if (!tag.empty()) {
        out += ":" + tag;
    }
    if (!digest.empty()) {
        out += "@" + digest;
    }
    return out;
}

}  // namespace wherry::api
