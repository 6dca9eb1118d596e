#include "engine/containers/detach_keys.hpp"

#include "base/text.hpp"

namespace wherry::containers {

namespace {

constexpr std::string_view default_keys = "\x10\x11";
constexpr std::string_view control_signs = "@abcdefghijklmnopqrstuvwxyz[\\]^_";

}  // namespace

Result<std::string> parse_detach_keys(std::string_view text) {
    if (text.empty()) {
        return std::string(default_keys);
    }
    std::string out;
    for (const std::string_view key : text::split(text, ',')) {
        if (key.size() == 1) {
            out.append(key);
            continue;
        }
        const std::string lower = text::lower(key);
        const std::size_t code = lower.size() == 6 && lower.starts_with("ctrl-")
                                     ? control_signs.find(lower.back())
                                     : std::string_view::npos;
        if (code == std::string_view::npos) {
            return fail(ErrorKind::invalid,
                        "Invalid detach keys ({}) provided: Unknown character: '{}'", text, key);
        }
        out.push_back(static_cast<char>(code));
    }
    return out;
}

}  // namespace wherry::containers
