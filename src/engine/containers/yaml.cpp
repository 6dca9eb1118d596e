#include "engine/containers/yaml.hpp"

#include <optional>
#include <string>
#include <vector>

#include "base/text.hpp"

namespace wherry::containers {

namespace {

struct Line {
    std::size_t indent = 0;
    std::string text;
    std::size_t number = 0;
};

/// Cuts a comment: a # at the start or behind a blank, outside quotes.
std::string_view without_comment(std::string_view line) {
    char quote = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (quote != 0) {
            quote = line[i] == quote ? '\0' : quote;
        } else if ((line[i] == '"' || line[i] == '\'') && (i == 0 || line[i - 1] == ' ')) {
            quote = line[i];
        } else if (line[i] == '#' && (i == 0 || line[i - 1] == ' ')) {
            return line.substr(0, i);
        }
    }
    return line;
}

class Parser {
  public:
    explicit Parser(std::string_view text) {
        std::size_t number = 0;
        for (const auto raw : text::split(text, '\n')) {
            ++number;
            const std::string_view line = without_comment(raw);
            const std::size_t indent = line.find_first_not_of(' ');
            const std::string_view content = text::trim(line);
            if (!content.empty() && content != "---" && content != "...") {
                lines_.push_back({indent, std::string(content), number});
            }
        }
    }

    Result<json::Value> document() {
        if (lines_.empty()) {
            return json::Value();
        }
        TRY(auto value, block(lines_.front().indent));
        if (at_ < lines_.size()) {
            return wrong("unexpected indentation");
        }
        return value;
    }

  private:
    [[nodiscard]] Error wrong(std::string_view what) const {
        const std::size_t number = at_ < lines_.size() ? lines_[at_].number : 0;
        return fail(ErrorKind::invalid, "yaml line {}: {}", number, what);
    }

    [[nodiscard]] bool is_item() const {
        const std::string& text = lines_[at_].text;
        return text == "-" || text.starts_with("- ");
    }

    Result<json::Value> block(std::size_t indent) { return is_item() ? list(indent) : map(indent); }

    Result<json::Value> list(std::size_t indent) {
        json::Array out;
        while (at_ < lines_.size() && lines_[at_].indent == indent && is_item()) {
            Line& line = lines_[at_];
            if (line.text == "-") {
                ++at_;
                if (at_ >= lines_.size() || lines_[at_].indent <= indent) {
                    out.emplace_back();
                    continue;
                }
                TRY(auto value, block(lines_[at_].indent));
                out.push_back(std::move(value));
                continue;
            }
            // The rest of the line is a block of its own, indented by what is in front of it.
            const std::size_t skip = line.text.find_first_not_of(' ', 1);
            line.indent += skip;
            line.text.erase(0, skip);
            if (key_end(line.text) == std::string::npos) {
                TRY(auto value, scalar(line.text));
                ++at_;
                out.push_back(std::move(value));
                continue;
            }
            TRY(auto value, block(line.indent));
            out.push_back(std::move(value));
        }
        return json::Value(std::move(out));
    }

    Result<json::Value> map(std::size_t indent) {
        json::Value out{json::Object()};
        while (at_ < lines_.size() && lines_[at_].indent == indent && !is_item()) {
            const std::string text = lines_[at_].text;
            const std::size_t end = key_end(text);
            if (end == std::string::npos) {
                return wrong("want a key");
            }
            TRY(const auto key, scalar(std::string_view(text).substr(0, end)));
            const std::string_view rest = text::trim(std::string_view(text).substr(end + 1));
            const std::string name = key.is_string() ? key.as_string() : text.substr(0, end);
            ++at_;
            if (!rest.empty()) {
                TRY(auto value, scalar(rest));
                out.set(name, std::move(value));
                continue;
            }
            // A list may stand at its key's own indentation.
            const bool nested =
                at_ < lines_.size() &&
                (lines_[at_].indent > indent || (lines_[at_].indent == indent && is_item()));
            if (!nested) {
                out.set(name, nullptr);
                continue;
            }
            TRY(auto value, block(lines_[at_].indent));
            out.set(name, std::move(value));
        }
        return out;
    }

    /// Where the colon behind a key is; npos where the text is no "key: …".
    static std::size_t key_end(std::string_view text) {
        std::size_t from = 0;
        if (text.starts_with('"') || text.starts_with('\'')) {
            from = text.find(text.front(), 1);
        } else if (text.starts_with('[') || text.starts_with('{')) {
            return std::string::npos;
        }
        for (std::size_t at = text.find(':', from); at != std::string::npos;
             at = text.find(':', at + 1)) {
            if (at + 1 == text.size() || text[at + 1] == ' ') {
                return at;
            }
        }
        return std::string::npos;
    }

    Result<json::Value> scalar(std::string_view text) {
        const char first = text.front();
        if (first == '"') {
            return json::Value::parse(text);
        }
        if (first == '\'') {
            return quoted(text);
        }
        if (first == '[') {
            return flow_list(text);
        }
        if (text == "{}") {
            return json::Value(json::Object());
        }
        if (std::string_view("{&*!|>%@`").contains(first)) {
            return wrong("this form is not read");
        }
        if (text == "~" || text == "null") {
            return json::Value();
        }
        if (text == "true" || text == "false") {
            return json::Value(text == "true");
        }
        if (const auto number = text::parse_int(text)) {
            return json::Value(*number);
        }
        return json::Value(text);
    }

    Result<json::Value> quoted(std::string_view text) {
        std::string out;
        for (std::size_t i = 1; i < text.size(); ++i) {
            if (text[i] != '\'') {
                out.push_back(text[i]);
            } else if (i + 1 < text.size() && text[i + 1] == '\'') {
                out.push_back('\'');
                ++i;
            } else if (i + 1 == text.size()) {
                return json::Value(std::move(out));
            } else {
                break;
            }
        }
        return wrong("a quoted text does not end");
    }

    Result<json::Value> flow_list(std::string_view text) {
        if (!text.ends_with(']')) {
            return wrong("a list does not end on its line");
        }
        json::Array out;
        for (const auto part : text::split(text.substr(1, text.size() - 2), ',')) {
            if (const auto item = text::trim(part); !item.empty()) {
                TRY(auto value, scalar(item));
                out.push_back(std::move(value));
            }
        }
        return json::Value(std::move(out));
    }

    std::vector<Line> lines_;
    std::size_t at_ = 0;
};

}  // namespace

Result<json::Value> parse_yaml(std::string_view text) {
    return Parser(text).document();
}

}  // namespace wherry::containers
