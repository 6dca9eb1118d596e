#include "engine/images/registry_auth.hpp"

#include "base/base64.hpp"
#include "base/text.hpp"

namespace wherry::images {

namespace {

class Scanner {
  public:
    explicit Scanner(std::string_view text) : rest_(text) {}

    [[nodiscard]] bool done() {
        skip();
        return rest_.empty();
    }
    [[nodiscard]] std::string_view token() {
        skip();
        std::size_t size = 0;
        while (size < rest_.size() && is_token(rest_[size])) {
            ++size;
        }
        const std::string_view found = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return found;
    }
    [[nodiscard]] bool take(char expected) {
        while (!rest_.empty() && rest_.front() == ' ') {
            rest_.remove_prefix(1);
        }
        if (rest_.empty() || rest_.front() != expected) {
            return false;
        }
        rest_.remove_prefix(1);
        return true;
    }
    [[nodiscard]] std::string value() {
        if (!take('"')) {
            return std::string(token());
        }
        std::string out;
        while (!rest_.empty() && rest_.front() != '"') {
            if (rest_.front() == '\\' && rest_.size() > 1) {
                rest_.remove_prefix(1);
            }
            out += rest_.front();
            rest_.remove_prefix(1);
        }
        (void)take('"');
        return out;
    }
    /// A character that fits nowhere.
    void drop() { rest_.remove_prefix(rest_.empty() ? 0 : 1); }

  private:
    static bool is_token(char c) {
        return c > ' ' && c < 0x7f &&
               std::string_view("()<>@,;\\\"[]?={}").find(c) == std::string_view::npos;
    }
    void skip() {
        while (!rest_.empty() &&
               (rest_.front() == ' ' || rest_.front() == ',' || rest_.front() == '\t')) {
            rest_.remove_prefix(1);
        }
    }

    std::string_view rest_;
};

void set(Challenge& challenge, std::string_view name, std::string value) {
    if (text::equal_ignoring_case(name, "realm")) {
        challenge.realm = std::move(value);
    } else if (text::equal_ignoring_case(name, "service")) {
        challenge.service = std::move(value);
    } else if (text::equal_ignoring_case(name, "scope")) {
        challenge.scope = std::move(value);
    } else if (text::equal_ignoring_case(name, "error")) {
        challenge.error = std::move(value);
    }
}

}  // namespace

std::vector<Challenge> parse_challenges(std::string_view header) {
    std::vector<Challenge> challenges;
    Scanner scanner(header);
    while (!scanner.done()) {
        const std::string_view name = scanner.token();
        if (name.empty()) {
            scanner.drop();
        } else if (scanner.take('=')) {
            if (!challenges.empty()) {
                set(challenges.back(), name, scanner.value());
            } else {
                (void)scanner.value();
            }
        } else {
            challenges.push_back({.scheme = text::lower(name)});
        }
    }
    return challenges;
}

std::string basic_authorization(const Credentials& credentials) {
    return "Basic " + base64(text::format("{}:{}", credentials.username, credentials.password));
}

}  // namespace wherry::images
