#include "engine/containers/log_tag.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace wherry::containers {

namespace {

constexpr std::size_t short_length = 12;

template <class... Args>
Error template_error(std::string_view format, const Args&... args) {
    return fail(ErrorKind::internal, "template: log-tag:1: {}", text::format(format, args...));
}

std::string command_line(const Record& record) {
    std::string out = record.path;
    for (const std::string& argument : record.args) {
        out += " " + argument;
    }
    return out;
}

std::string listed(const api::List<std::string>& items) {
    return "[" + text::join(std::vector<std::string>(items.begin(), items.end()), " ") + "]";
}

Result<std::string> field(std::string_view name, const Record& record, const TagNames& names) {
    const auto is = [name](auto... known) { return ((name == known) || ...); };
    if (is("ID")) {
        return record.id.substr(0, short_length);
    }
    if (is("FullID", "ContainerID")) {
        return record.id;
    }
    if (is("Name")) {
        return record.name;
    }
    if (is("ContainerName")) {
        return "/" + record.name;
    }
    if (is("ImageID")) {
        return record.image_id.substr(0, short_length);
    }
    if (is("ImageFullID", "ContainerImageID")) {
        return record.image_id;
    }
    if (is("ImageName", "ContainerImageName")) {
        return record.config.image;
    }
    if (is("DaemonName")) {
        return std::string("docker");
    }
    if (is("Command")) {
        return command_line(record);
    }
    if (is("ContainerEntrypoint")) {
        return record.path;
    }
    if (is("ContainerArgs")) {
        return listed(record.args);
    }
    if (is("Hostname")) {
        return names.host_name;
    }
    if (is("LogPath")) {
        return names.log_path;
    }
    return template_error(
        "executing \"log-tag\" at <.{}>: can't evaluate field {} in type *logger.Info", name, name);
}

/// "index .ContainerLabels \"key\"": the label, or "".
Result<std::string> indexed(std::string_view words, const Record& record) {
    const auto parts = text::cut(text::trim(words), " ");
    const std::string_view key = parts ? text::trim(parts->second) : std::string_view();
    if (!parts || parts->first != ".ContainerLabels" || key.size() < 2 || key.front() != '"' ||
        key.back() != '"') {
        return template_error("index is for .ContainerLabels and a quoted key here");
    }
    const auto found = record.config.labels.find(key.substr(1, key.size() - 2));
    return found == record.config.labels.end() ? std::string() : found->second;
}

Result<std::string> piped(std::string value, std::string_view function) {
    if (function == "upper") {
        std::ranges::transform(value, value.begin(), [](char c) {
            return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        });
        return value;
    }
    if (function == "lower") {
        return text::lower(value);
    }
    return template_error("function \"{}\" not defined", function);
}

Result<std::string> action(std::string_view words, const Record& record, const TagNames& names) {
    std::string_view rest = words;
    const std::size_t bar = rest.find('|');
    const std::string_view first = text::trim(rest.substr(0, bar));
    if (first.empty()) {
        return template_error("missing value for command");
    }
    Result<std::string> value = template_error("function \"{}\" not defined", first);
    if (first.front() == '.') {
        value = field(first.substr(1), record, names);
    } else if (first.starts_with("index ")) {
        value = indexed(first.substr(6), record);
    }
    while (value && rest.find('|') != std::string_view::npos) {
        rest.remove_prefix(rest.find('|') + 1);
        value = piped(*std::move(value), text::trim(rest.substr(0, rest.find('|'))));
    }
    return value;
}

}  // namespace

Result<std::string> log_tag(std::string_view pattern, const Record& record, const TagNames& names) {
    std::string out;
    while (true) {
        const std::size_t open = pattern.find("{{");
        out += pattern.substr(0, open);
        if (open == std::string_view::npos) {
            return out;
        }
        pattern.remove_prefix(open + 2);
        const std::size_t close = pattern.find("}}");
        if (close == std::string_view::npos) {
            return template_error("unclosed action");
        }
        std::string_view words = pattern.substr(0, close);
        pattern.remove_prefix(close + 2);
        if (words.starts_with("- ")) {
            words.remove_prefix(1);
            out = std::string(text::trim(out));
        }
        if (words.ends_with(" -")) {
            words.remove_suffix(1);
            pattern = text::trim(pattern);
        }
        TRY(const std::string value, action(words, record, names));
        out += value;
    }
}

}  // namespace wherry::containers
