#include "engine/images/registry_auth.hpp"

#include <array>
#include <cstdint>
#include <optional>

#include "base/text.hpp"

namespace wherry::images {

namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

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

std::optional<std::uint32_t> digit(char c) {
    if (c == '-') {
        c = '+';
    } else if (c == '_') {
        c = '/';
    }
    const auto at = alphabet.find(c);
    if (at == std::string_view::npos) {
        return std::nullopt;
    }
    return static_cast<std::uint32_t>(at);
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

std::string base64(std::string_view bytes) {
    std::string out;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::uint32_t group = 0;
        const std::size_t have = std::min<std::size_t>(3, bytes.size() - i);
        for (std::size_t j = 0; j < 3; ++j) {
            group = group << 8U |
                    (j < have ? static_cast<unsigned char>(bytes[i + j]) : std::uint32_t{0});
        }
        for (std::size_t j = 0; j < 4; ++j) {
            out += j <= have ? alphabet[group >> (18U - 6U * static_cast<unsigned>(j)) & 63U] : '=';
        }
    }
    return out;
}

Result<std::string> base64_decode(std::string_view text) {
    std::string out;
    std::uint32_t group = 0;
    unsigned bits = 0;
    for (const char c : text) {
        if (c == '=' || c == '\n' || c == '\r' || c == ' ') {
            continue;
        }
        const auto value = digit(c);
        if (!value) {
            return fail(ErrorKind::invalid, "illegal base64 data");
        }
        group = group << 6U | *value;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            out += static_cast<char>(group >> bits & 0xffU);
        }
    }
    return out;
}

std::string basic_authorization(const Credentials& credentials) {
    return "Basic " + base64(text::format("{}:{}", credentials.username, credentials.password));
}

}  // namespace wherry::images
