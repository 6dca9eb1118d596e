#include "bin/wherry/format.hpp"

#include <algorithm>
#include <cctype>

#include "base/text.hpp"

namespace wherry::command {

namespace {

bool is_path(std::string_view text) {
    return text.starts_with('.') && std::ranges::all_of(text, [](char c) {
               return c == '.' || c == '_' || std::isalnum(static_cast<unsigned char>(c)) != 0;
           });
}

Result<const json::Value*> find(const json::Value& object, std::string_view path) {
    const json::Value* at = &object;
    for (const auto name : text::split(path.substr(1), '.')) {
        if (name.empty()) {
            continue;  // "." alone
        }
        at = at->find(name);
        if (at == nullptr) {
            return fail(ErrorKind::invalid,
                        "template parsing error: template: :1:2: executing \"\" at <{}>: map has "
                        "no entry for key \"{}\"",
                        path, name);
        }
    }
    return at;
}

/// As Go prints it; objects have no plain form that anybody could use.
Result<std::string> plain(const json::Value& value, std::string_view path) {
    if (value.is_string()) {
        return value.as_string();
    }
    if (value.is_null()) {
        return std::string("<nil>");
    }
    if (value.is_array()) {
        std::string out = "[";
        for (const json::Value& item : value.as_array()) {
            TRY(const std::string shown, plain(item, path));
            out += (out.size() > 1 ? " " : "") + shown;
        }
        return out + "]";
    }
    if (value.is_object()) {
        return fail(ErrorKind::unsupported, "--format: {} is an object: use {}json {}{}", path,
                    "{{", path, "}}");
    }
    return value.dump();
}

}  // namespace

Result<Format::Part> Format::read_action(std::string_view action) {
    action = text::trim(action);
    if (is_path(action)) {
        return Part{.text = std::string(action), .field = true};
    }
    if (action.starts_with("json ")) {
        const std::string_view path = text::trim(action.substr(5));
        if (is_path(path)) {
            return Part{.text = std::string(path), .field = true, .as_json = true};
        }
    }
    return fail(ErrorKind::unsupported,
                "--format: {}{}{} is not built: use json, {}.FIELD{} or {}json .FIELD{}", "{{",
                action, "}}", "{{", "}}", "{{", "}}");
}

Result<Format> Format::parse(std::string_view text) {
    Format format;
    if (text == "json") {
        format.json_ = true;
        format.parts_.push_back({.text = ".", .field = true, .as_json = true});
        return format;
    }
    while (!text.empty()) {
        const auto open = std::min(text.find("{{"), text.size());
        if (open > 0) {
            format.parts_.push_back({.text = std::string(text.substr(0, open))});
        }
        text.remove_prefix(open);
        if (text.empty()) {
            break;
        }
        const auto close = text.find("}}");
        if (close == std::string_view::npos) {
            return Error(ErrorKind::invalid,
                         "template parsing error: template: :1: unclosed action");
        }
        TRY(auto part, read_action(text.substr(2, close - 2)));
        format.parts_.push_back(std::move(part));
        text.remove_prefix(close + 2);
    }
    return format;
}

Result<std::string> Format::apply(const json::Value& object) const {
    std::string out;
    for (const Part& part : parts_) {
        if (!part.field) {
            out += part.text;
            continue;
        }
        TRY(const json::Value* value, find(object, part.text));
        if (part.as_json) {
            out += value->dump();
            continue;
        }
        TRY(const std::string shown, plain(*value, part.text));
        out += shown;
    }
    return out;
}

std::string indent_json(std::string_view text, std::size_t depth) {
    constexpr std::size_t step = 4;
    std::string out;
    const auto new_line = [&] {
        out += '\n';
        out.append(depth * step, ' ');
    };
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (c == '"') {
            std::size_t end = at + 1;
            while (end < text.size() && text[end] != '"') {
                end += text[end] == '\\' ? 2 : 1;
            }
            out += text.substr(at, end - at + 1);
            at = end;
        } else if (c == '{' || c == '[') {
            out += c;
            const auto next = text.find_first_not_of(" \t\r\n", at + 1);
            if (next != std::string_view::npos && (text[next] == '}' || text[next] == ']')) {
                out += text[next];
                at = next;
                continue;
            }
            ++depth;
            new_line();
        } else if (c == '}' || c == ']') {
            --depth;
            new_line();
            out += c;
        } else if (c == ',') {
            out += c;
            new_line();
        } else if (c == ':') {
            out += ": ";
        } else if (std::isspace(static_cast<unsigned char>(c)) == 0) {
            out += c;
        }
    }
    return out;
}

}  // namespace wherry::command
