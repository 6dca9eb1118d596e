#include "bin/wherry/flags.hpp"

#include <algorithm>
#include <optional>

#include "base/text.hpp"

namespace wherry::command {

namespace {

std::optional<bool> read_bool(std::string_view text) {
    for (const auto* word : {"1", "t", "T", "true", "TRUE", "True"}) {
        if (text == word) {
            return true;
        }
    }
    for (const auto* word : {"0", "f", "F", "false", "FALSE", "False"}) {
        if (text == word) {
            return false;
        }
    }
    return std::nullopt;
}

}  // namespace

void Flags::flag(std::string_view name, char letter, bool& target) {
    const auto set = [&target, name = std::string(name)](const std::string& value) -> Result<> {
        const auto read = read_bool(value);
        if (!read) {
            return fail(ErrorKind::invalid,
                        "invalid argument \"{}\" for \"--{}\" flag: strconv.ParseBool: parsing "
                        "\"{}\": invalid syntax",
                        value, name, value);
        }
        target = *read;
        return {};
    };
    flags_.push_back({.name = std::string(name), .letter = letter, .set = set});
}

void Flags::value(std::string_view name, char letter, std::string& target) {
    const auto set = [&target](const std::string& value) -> Result<> {
        target = value;
        return {};
    };
    flags_.push_back(
        {.name = std::string(name), .letter = letter, .takes_value = true, .set = set});
}

void Flags::list(std::string_view name, char letter, std::vector<std::string>& target) {
    const auto set = [&target](const std::string& value) -> Result<> {
        target.push_back(value);
        return {};
    };
    flags_.push_back(
        {.name = std::string(name), .letter = letter, .takes_value = true, .set = set});
}

void Flags::filters(std::string_view name, char letter, Filters& target) {
    const auto set = [&target, letter,
                      name = std::string(name)](const std::string& value) -> Result<> {
        const auto parts = text::cut(value, "=");
        if (!parts) {
            return fail(ErrorKind::invalid,
                        "invalid argument \"{}\" for \"-{}, --{}\" flag: bad format of filter "
                        "(expected name=value)",
                        value, letter, name);
        }
        target.add(text::lower(text::trim(parts->first)), text::trim(parts->second));
        return {};
    };
    flags_.push_back(
        {.name = std::string(name), .letter = letter, .takes_value = true, .set = set});
}

bool Flags::given(std::string_view name) const {
    return std::ranges::any_of(
        flags_, [name](const Flag& flag) { return flag.name == name && flag.given; });
}

Result<> Flags::set(Flag& flag, const std::string& value) {
    flag.given = true;
    return flag.set(value);
}

Result<> Flags::parse_long(std::string_view word, const Words& words, std::size_t& at) {
    const auto equals = word.find('=');
    const std::string_view name = word.substr(0, equals);
    const auto found =
        std::ranges::find_if(flags_, [name](const Flag& flag) { return flag.name == name; });
    if (found == flags_.end()) {
        return fail(ErrorKind::invalid, "unknown flag: --{}", name);
    }
    if (equals != std::string_view::npos) {
        return set(*found, std::string(word.substr(equals + 1)));
    }
    if (!found->takes_value) {
        return set(*found, "true");
    }
    if (at + 1 >= words.size()) {
        return fail(ErrorKind::invalid, "flag needs an argument: --{}", name);
    }
    return set(*found, words[++at]);
}

Result<> Flags::parse_short(std::string_view word, const Words& words, std::size_t& at) {
    for (std::size_t index = 0; index < word.size(); ++index) {
        const char letter = word[index];
        const auto found = std::ranges::find_if(
            flags_, [letter](const Flag& flag) { return flag.letter == letter; });
        if (found == flags_.end()) {
            return fail(ErrorKind::invalid, "unknown shorthand flag: '{}' in -{}", letter, word);
        }
        std::string_view rest = word.substr(index + 1);
        if (!found->takes_value) {
            if (rest.starts_with('=')) {
                return set(*found, std::string(rest.substr(1)));
            }
            CHECK_OK(set(*found, "true"));
            continue;
        }
        if (!rest.empty()) {
            rest.remove_prefix(rest.starts_with('=') ? 1 : 0);
            return set(*found, std::string(rest));
        }
        if (at + 1 >= words.size()) {
            return fail(ErrorKind::invalid, "flag needs an argument: '{}' in -{}", letter, word);
        }
        return set(*found, words[++at]);
    }
    return {};
}

Result<std::vector<std::string>> Flags::parse(const std::vector<std::string>& words) {
    std::vector<std::string> arguments;
    for (std::size_t at = 0; at < words.size(); ++at) {
        const std::string_view word = words[at];
        if (word == "--") {
            arguments.insert(arguments.end(), words.begin() + static_cast<std::ptrdiff_t>(at) + 1,
                             words.end());
            break;
        }
        if (word.starts_with("--")) {
            CHECK_OK(parse_long(word.substr(2), words, at));
        } else if (word.starts_with('-') && word.size() > 1) {
            CHECK_OK(parse_short(word.substr(1), words, at));
        } else if (stop_at_first_) {
            arguments.insert(arguments.end(), words.begin() + static_cast<std::ptrdiff_t>(at),
                             words.end());
            break;
        } else {
            arguments.emplace_back(word);
        }
    }
    return arguments;
}

}  // namespace wherry::command
