#include "server/path.hpp"

#include "base/text.hpp"

namespace wherry::server {

std::string clean_path(std::string_view path) {
    std::vector<std::string_view> parts;
    for (const auto part : text::split(path, '/')) {
        if (part.empty() || part == ".") {
            continue;
        }
        if (part == "..") {
            if (!parts.empty()) {
                parts.pop_back();
            }
            continue;
        }
        parts.push_back(part);
    }
    std::string out;
    for (const auto part : parts) {
        out.append("/").append(part);
    }
    if (out.empty() || path.ends_with('/')) {
        out.push_back('/');
    }
    return out;
}

std::string encode_path(std::string_view path) {
    constexpr std::string_view kept = "-_.~$&+,/:;=@";
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : path) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (letter || (c >= '0' && c <= '9') || kept.find(c) != std::string_view::npos) {
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

VersionedPath split_version(std::string_view path) {
    if (!path.starts_with("/v")) {
        return {std::nullopt, path};
    }
    const auto end = path.find('/', 2);
    if (end == std::string_view::npos) {
        return {std::nullopt, path};
    }
    const auto version = path.substr(2, end - 2);
    if (version.empty() || version.find_first_not_of("0123456789.") != std::string_view::npos) {
        return {std::nullopt, path};
    }
    return {std::string(version), path.substr(end)};
}

std::optional<std::vector<std::string>> match(std::string_view pattern, std::string_view path) {
    const auto open = pattern.find('{');
    if (open == std::string_view::npos) {
        return pattern == path ? std::optional<std::vector<std::string>>(std::in_place)
                               : std::nullopt;
    }
    if (path.substr(0, open) != pattern.substr(0, open)) {
        return std::nullopt;
    }
    path.remove_prefix(open);
    pattern.remove_prefix(pattern.find('}') + 1);
    const auto next = pattern.find('{');
    const auto literal = pattern.substr(0, next);
    // Greedy: the last place where the rest still matches.
    std::size_t at = path.size();
    while (true) {
        at = path.rfind(literal, at);
        if (at == std::string_view::npos) {
            return std::nullopt;
        }
        if (auto rest = match(pattern, path.substr(at))) {
            rest->insert(rest->begin(), std::string(path.substr(0, at)));
            return rest;
        }
        if (at == 0) {
            return std::nullopt;
        }
        --at;
    }
}

}  // namespace wherry::server
