#include "engine/images/changes.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.hpp"
#include "codec/json/value.hpp"

namespace wherry::images {

namespace {

// The exec form, ["a", "b"]; nothing where it is none.
std::optional<std::vector<std::string>> exec_form(std::string_view text) {
    if (!text.starts_with('[')) {
        return std::nullopt;
    }
    const auto parsed = json::Value::parse(text);
    if (!parsed || !parsed->is_array()) {
        return std::nullopt;
    }
    std::vector<std::string> words;
    for (const json::Value& word : parsed->as_array()) {
        if (!word.is_string()) {
            return std::nullopt;
        }
        words.push_back(word.as_string());
    }
    return words;
}

std::vector<std::string> command_of(std::string_view text) {
    if (auto words = exec_form(text)) {
        return std::move(*words);
    }
    return {"/bin/sh", "-c", std::string(text)};
}

// "a=b c=d", or the old "a b".
Result<std::vector<std::pair<std::string, std::string>>> pairs_of(std::string_view text,
                                                                  std::string_view instruction) {
    std::vector<std::pair<std::string, std::string>> pairs;
    const auto words = split_words(text);
    if (!words.empty() && words.front().find('=') == std::string::npos) {
        const auto cut = text::cut(text, " ");
        if (!cut) {
            return fail(ErrorKind::invalid, "{} must have two arguments", instruction);
        }
        pairs.emplace_back(std::string(cut->first), std::string(text::trim(cut->second)));
        return pairs;
    }
    for (const std::string& word : words) {
        const auto cut = text::cut(word, "=");
        if (!cut || cut->first.empty()) {
            return fail(ErrorKind::invalid,
                        "Syntax error - can't find = in \"{}\". Must be of the "
                        "form: name=value",
                        word);
        }
        pairs.emplace_back(std::string(cut->first), std::string(cut->second));
    }
    return pairs;
}

void set_env(oci::RunConfig& config, const std::string& name, const std::string& value) {
    const std::string start = name + "=";
    const auto had = std::ranges::find_if(
        config.env, [&](const std::string& entry) { return entry.starts_with(start); });
    if (had != config.env.end()) {
        *had = start + value;
    } else {
        config.env.push_back(start + value);
    }
}

std::optional<std::int64_t> duration_ns(std::string_view text) {
    constexpr std::array<std::pair<std::string_view, std::int64_t>, 4> units = {
        {{"ms", 1'000'000}, {"s", 1'000'000'000}, {"m", 60'000'000'000}, {"h", 3600'000'000'000}}};
    for (const auto& [unit, factor] : units) {
        if (text.ends_with(unit)) {
            const auto number = text::parse_int(text.substr(0, text.size() - unit.size()));
            if (number) {
                return *number * factor;
            }
        }
    }
    return std::nullopt;
}

Result<> set_healthcheck(std::string_view text, oci::RunConfig& config) {
    oci::Healthcheck check;
    while (text.starts_with("--")) {
        const auto cut = text::cut(text, " ");
        const auto option = text::cut(cut ? cut->first : text, "=");
        if (!cut || !option) {
            return fail(ErrorKind::invalid, "Missing a value on flag: {}", text);
        }
        const auto duration = duration_ns(option->second);
        if (option->first == "--retries" && text::parse_int(option->second)) {
            check.retries = *text::parse_int(option->second);
        } else if (option->first == "--interval" && duration) {
            check.interval = *duration;
        } else if (option->first == "--timeout" && duration) {
            check.timeout = *duration;
        } else if (option->first == "--start-period" && duration) {
            check.start_period = *duration;
        } else if (option->first == "--start-interval" && duration) {
            check.start_interval = *duration;
        } else {
            return fail(ErrorKind::invalid, "invalid flag of HEALTHCHECK: {}", cut->first);
        }
        text = text::trim(cut->second);
    }
    const auto cut = text::cut(text, " ");
    const std::string_view rest = cut ? text::trim(cut->second) : std::string_view();
    const std::string kind = text::lower(cut ? cut->first : text);
    if (kind == "none") {
        check.test = {"NONE"};
    } else if (kind == "cmd" && !rest.empty()) {
        if (auto words = exec_form(rest)) {
            words->insert(words->begin(), "CMD");
            check.test = std::move(*words);
        } else {
            check.test = {"CMD-SHELL", rest};
        }
    } else {
        return fail(ErrorKind::invalid, "Unknown type \"{}\" in HEALTHCHECK (try CMD)", kind);
    }
    config.healthcheck = std::move(check);
    return {};
}

std::string join_path(const std::string& base, std::string_view path) {
    if (path.starts_with('/')) {
        return std::string(path);
    }
    return (base.empty() ? "/" : base + (base.ends_with('/') ? "" : "/")) + std::string(path);
}

Result<> apply(const std::string& instruction, std::string_view text, oci::RunConfig& config) {
    if (instruction == "CMD") {
        config.cmd = command_of(text);
    } else if (instruction == "ENTRYPOINT") {
        config.entrypoint = command_of(text);
    } else if (instruction == "ENV") {
        TRY(const auto pairs, pairs_of(text, instruction));
        for (const auto& [name, value] : pairs) {
            set_env(config, name, value);
        }
    } else if (instruction == "LABEL") {
        TRY(const auto pairs, pairs_of(text, instruction));
        for (const auto& [name, value] : pairs) {
            config.labels[name] = value;
        }
    } else if (instruction == "EXPOSE") {
        for (const std::string& port : split_words(text)) {
            config.exposed_ports[port.find('/') == std::string::npos ? port + "/tcp" : port] = {};
        }
    } else if (instruction == "VOLUME") {
        const auto listed = exec_form(text);
        for (const std::string& path : listed ? *listed : split_words(text)) {
            config.volumes[path] = {};
        }
    } else if (instruction == "WORKDIR") {
        config.working_dir = join_path(config.working_dir, text);
    } else if (instruction == "USER") {
        config.user = text;
    } else if (instruction == "STOPSIGNAL") {
        config.stop_signal = text;
    } else if (instruction == "ONBUILD") {
        config.on_build.push_back(std::string(text));
    } else if (instruction == "HEALTHCHECK") {
        return set_healthcheck(text, config);
    } else {
        return fail(ErrorKind::invalid, "{} is not a valid change command", instruction);
    }
    return {};
}

}  // namespace

std::vector<std::string> split_words(std::string_view text) {
    std::vector<std::string> words;
    std::string word;
    bool in_word = false;
    char quote = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quote == 0 && (c == ' ' || c == '\t' || c == '\n')) {
            if (in_word) {
                words.push_back(std::exchange(word, {}));
                in_word = false;
            }
            continue;
        }
        in_word = true;
        if (c == quote) {
            quote = 0;
        } else if (quote == 0 && (c == '"' || c == '\'')) {
            quote = c;
        } else if (c == '\\' && quote != '\'' && i + 1 < text.size()) {
            word += text[++i];
        } else {
            word += c;
        }
    }
    if (in_word) {
        words.push_back(std::move(word));
    }
    return words;
}

Result<> apply_changes(const std::vector<std::string>& changes, oci::RunConfig& config) {
    for (const std::string& change : changes) {
        const std::string_view line = text::trim(change);
        if (line.empty()) {
            continue;
        }
        const auto end = line.find_first_of(" \t");
        std::string instruction(line.substr(0, end));
        std::ranges::transform(instruction, instruction.begin(), [](char c) {
            return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        });
        const std::string_view rest =
            end == std::string_view::npos ? std::string_view() : text::trim(line.substr(end));
        if (rest.empty()) {
            return fail(ErrorKind::invalid, "{} requires at least one argument", instruction);
        }
        CHECK_OK(apply(instruction, rest, config));
    }
    return {};
}

}  // namespace wherry::images
