#include "os/mount_table.hpp"

#include "base/text.hpp"
#include "os/file.hpp"

namespace wherry::os {

namespace {

constexpr std::size_t target_column = 4;
constexpr std::size_t first_optional_column = 6;

/// Blanks and backslashes are written as three octal digits.
std::string unescaped(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 3 < text.size()) {
            const int code = (text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + text[i + 3] - '0';
            out.push_back(static_cast<char>(code));
            i += 3;
        } else {
            out.push_back(text[i]);
        }
    }
    return out;
}

bool lies_below(std::string_view path, std::string_view target) {
    return target == "/" || path == target ||
           (path.starts_with(target) && path[target.size()] == '/');
}

}  // namespace

std::vector<MountEntry> parse_mount_table(std::string_view text) {
    std::vector<MountEntry> out;
    for (const auto line : text::split(text, '\n')) {
        const auto words = text::split(line, ' ');
        if (words.size() <= first_optional_column) {
            continue;
        }
        MountEntry entry{.target = unescaped(words[target_column])};
        for (std::size_t i = first_optional_column; i < words.size() && words[i] != "-"; ++i) {
            entry.shared = entry.shared || words[i].starts_with("shared:");
            entry.slave = entry.slave || words[i].starts_with("master:");
        }
        out.push_back(std::move(entry));
    }
    return out;
}

Result<std::vector<MountEntry>> mount_table() {
    TRY(const std::string text, read_file("/proc/self/mountinfo"));
    return parse_mount_table(text);
}

std::optional<MountEntry> mount_of(const std::vector<MountEntry>& table, std::string_view path) {
    const MountEntry* found = nullptr;
    for (const MountEntry& entry : table) {
        if (lies_below(path, entry.target) &&
            (found == nullptr || entry.target.size() >= found->target.size())) {
            found = &entry;
        }
    }
    return found == nullptr ? std::nullopt : std::optional(*found);
}

}  // namespace wherry::os
