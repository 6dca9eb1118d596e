// The `filters` of a query: {"key":{"value":true}}, or {"key":["value"]} as old clients write it.
// Values of one key are alternatives (labels: all must match); different keys must all match.
#pragma once

#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace wherry::api {

class Filters {
  public:
    /// A value, and whether it is on; clients always send true.
    using Values = std::map<std::string, bool, std::less<>>;

    /// "" and "null" are no filters. Errors are the reference's, status 400: "invalid filter".
    [[nodiscard]] static Result<Filters> parse(std::string_view text);
    /// As a client sends it: {"key":{"value":true}}; "" without filters.
    [[nodiscard]] std::string encode() const;

    void add(std::string_view key, std::string_view value);
    void remove(std::string_view key);

    [[nodiscard]] bool empty() const noexcept { return keys_.empty(); }
    [[nodiscard]] bool has(std::string_view key) const { return keys_.contains(key); }
    /// The values of a key in their order; none where the key is missing.
    [[nodiscard]] std::vector<std::string> values(std::string_view key) const;
    [[nodiscard]] bool has_value(std::string_view key, std::string_view value) const;

    /// 400 "invalid filter 'KEY'" for a key that is not among those.
    [[nodiscard]] Result<> check_keys(std::initializer_list<std::string_view> accepted) const;
    /// true or 1, false or 0; `fallback` where the key is missing; 400
    /// "invalid filter 'KEY=[values]'" for anything else.
    [[nodiscard]] Result<bool> flag(std::string_view key, bool fallback) const;
    /// The `until` of a prune: see `parse_until`; 400 where there is more than one.
    [[nodiscard]] Result<std::optional<Time>> until(Time now) const;

    // Whether something passes the filter of that key; all does where the key is missing.

    [[nodiscard]] bool exact(std::string_view key, std::string_view text) const;
    /// A value equals the text or is its beginning (ids).
    [[nodiscard]] bool prefix(std::string_view key, std::string_view text) const;
    /// A value equals the text, or is a regular expression that is found in it (names).
    [[nodiscard]] bool pattern(std::string_view key, std::string_view text) const;
    /// Each value is "k" or "k=v" of the labels.
    template <class Labels>
    [[nodiscard]] bool labels(std::string_view key, const Labels& labels) const {
        return every_label(key, [&](std::string_view name) -> const std::string* {
            const auto found = labels.find(name);
            return found == labels.end() ? nullptr : &found->second;
        });
    }

    [[nodiscard]] bool operator==(const Filters&) const = default;

  private:
    template <class Find>
    [[nodiscard]] bool every_label(std::string_view key, const Find& find) const {
        const Values* wanted = find_key(key);
        if (wanted == nullptr) {
            return true;
        }
        for (const auto& [text, on] : *wanted) {
            const auto sign = text.find('=');
            const std::string* value = find(std::string_view(text).substr(0, sign));
            if (value == nullptr ||
                (sign != std::string::npos && *value != std::string_view(text).substr(sign + 1))) {
                return false;
            }
        }
        return true;
    }
    [[nodiscard]] const Values* find_key(std::string_view key) const;

    std::map<std::string, Values, std::less<>> keys_;
};

/// "invalid filter 'KEY'" or "invalid filter 'KEY=VALUE'", status 400.
[[nodiscard]] Error invalid_filter(std::string_view key, std::string_view value = {});

}  // namespace wherry::api
