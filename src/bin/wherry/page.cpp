#include "bin/wherry/page.hpp"

#include "base/text.hpp"

namespace wherry::command {

std::string usage_of(std::string_view page) {
    for (const auto line : text::split(page, '\n')) {
        if (line.starts_with("    ")) {
            return std::string(text::trim(line));
        }
    }
    return {};
}

std::string help_of(std::string_view page) {
    std::string out = "Usage:  " + usage_of(page) + "\n";
    bool usage_seen = false;
    bool blank = false;
    for (const auto line : text::split(page, '\n')) {
        if (line.empty()) {
            blank = true;
            continue;
        }
        std::string shown(line);
        if (line.starts_with("# ")) {
            continue;
        }
        if (line.starts_with("    ")) {
            if (!usage_seen) {
                usage_seen = true;
                continue;
            }
            shown = std::string(line.substr(2));
        } else if (line.starts_with("## ")) {
            shown = std::string(line.substr(3)) + ":";
        }
        if (blank && !(line.starts_with("    ") && out.ends_with(":\n"))) {
            out += "\n";
        }
        blank = false;
        out += shown + "\n";
    }
    return out;
}

}  // namespace wherry::command
