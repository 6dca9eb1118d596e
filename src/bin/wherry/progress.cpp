#include "bin/wherry/progress.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "bin/wherry/words.hpp"

namespace wherry::command {

namespace {

constexpr std::int64_t bar_width = 50;

}  // namespace

std::string progress_bar(const Progress& message) {
    if (!message.current || *message.current <= 0) {
        return {};
    }
    const std::string current = human_size(static_cast<double>(*message.current));
    if (!message.total || *message.total <= 0) {
        return "  " + current;
    }
    const auto share =
        std::clamp(*message.current * bar_width / *message.total, std::int64_t{0}, bar_width);
    std::string bar(static_cast<std::size_t>(share), '=');
    if (share < bar_width) {
        bar += '>';
    }
    bar.append(static_cast<std::size_t>(bar_width) + 1 - bar.size(), ' ');
    bar.resize(static_cast<std::size_t>(bar_width));
    return text::format("[{}]  {}/{}", bar, current,
                        human_size(static_cast<double>(*message.total)));
}

std::string ProgressView::over(std::size_t line, const std::string& content) const {
    const std::size_t up = lines_.size() - line;
    return text::format("\x1b[{}A\x1b[2K\r{}\x1b[{}B\r", up, content, up);
}

std::string ProgressView::show(const Progress& message) {
    const std::string bar = progress_bar(message);
    if (message.status.empty()) {
        return {};
    }
    if (!terminal_ && !bar.empty()) {
        return {};
    }
    std::string content = message.id.empty() ? std::string() : message.id + ": ";
    content += message.status;
    content += bar.empty() ? "" : " " + bar;
    const bool may_change = terminal_ && !message.id.empty();
    if (!may_change) {
        lines_.clear();
        return content + "\n";
    }
    const auto known = std::ranges::find(lines_, message.id);
    if (known != lines_.end()) {
        return over(static_cast<std::size_t>(known - lines_.begin()), content);
    }
    lines_.push_back(message.id);
    return content + "\n";
}

}  // namespace wherry::command
