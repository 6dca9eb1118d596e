#include "api/filters.hpp"

#include <algorithm>

#include "api/pattern.hpp"
#include "api/until.hpp"
#include "base/text.hpp"
#include "codec/json/json.hpp"

namespace wherry::api {

namespace {

using Keys = std::map<std::string, Filters::Values, std::less<>>;

/// The form of the first days: {"key":["value"]}.
std::optional<Keys> parse_lists(std::string_view text) {
    auto lists = json::decode<std::map<std::string, std::vector<std::string>, std::less<>>>(text);
    if (!lists) {
        return std::nullopt;
    }
    Keys keys;
    for (auto& [key, values] : *lists) {
        auto& into = keys[key];
        for (auto& value : values) {
            into.emplace(std::move(value), true);
        }
    }
    return keys;
}

}  // namespace

Error invalid_filter(std::string_view key, std::string_view value) {
    return value.empty() ? fail(ErrorKind::invalid, "invalid filter '{}'", key)
                         : fail(ErrorKind::invalid, "invalid filter '{}={}'", key, value);
}

Result<Filters> Filters::parse(std::string_view text) {
    Filters filters;
    if (text.empty()) {
        return filters;
    }
    if (auto keys = json::decode<Keys>(text)) {
        filters.keys_ = std::move(*keys);
        return filters;
    }
    auto keys = parse_lists(text);
    if (!keys) {
        return fail(ErrorKind::invalid, "invalid filter");
    }
    filters.keys_ = std::move(*keys);
    return filters;
}

std::string Filters::encode() const {
    return empty() ? std::string() : json::encode(keys_);
}

void Filters::add(std::string_view key, std::string_view value) {
    keys_[std::string(key)][std::string(value)] = true;
}

void Filters::remove(std::string_view key) {
    if (const auto found = keys_.find(key); found != keys_.end()) {
        keys_.erase(found);
    }
}

const Filters::Values* Filters::find_key(std::string_view key) const {
    const auto found = keys_.find(key);
    return found == keys_.end() || found->second.empty() ? nullptr : &found->second;
}

std::vector<std::string> Filters::values(std::string_view key) const {
    std::vector<std::string> out;
    if (const Values* wanted = find_key(key)) {
        for (const auto& [value, on] : *wanted) {
            out.push_back(value);
        }
    }
    return out;
}

bool Filters::has_value(std::string_view key, std::string_view value) const {
    const Values* wanted = find_key(key);
    const auto found = wanted != nullptr ? wanted->find(value) : Values::const_iterator();
    return wanted != nullptr && found != wanted->end() && found->second;
}

Result<> Filters::check_keys(std::initializer_list<std::string_view> accepted) const {
    for (const auto& [key, values] : keys_) {
        if (std::ranges::find(accepted, key) == accepted.end()) {
            return invalid_filter(key);
        }
    }
    return {};
}

Result<bool> Filters::flag(std::string_view key, bool fallback) const {
    if (!has(key)) {
        return fallback;
    }
    const bool yes = has_value(key, "1") || has_value(key, "true");
    const bool no = has_value(key, "0") || has_value(key, "false");
    if (yes != no) {
        return yes;
    }
    const auto given = values(key);
    return given.empty() ? invalid_filter(key)
                         : invalid_filter(key, "[" + text::join(given, " ") + "]");
}

Result<std::optional<Time>> Filters::until(Time now) const {
    const auto given = values("until");
    if (given.empty()) {
        return std::optional<Time>();
    }
    if (given.size() > 1) {
        return fail(ErrorKind::invalid, "more than one until filter specified");
    }
    TRY(const Time time, parse_until(given.front(), now));
    return std::optional<Time>(time);
}

bool Filters::exact(std::string_view key, std::string_view text) const {
    return find_key(key) == nullptr || has_value(key, text);
}

bool Filters::prefix(std::string_view key, std::string_view text) const {
    const Values* wanted = find_key(key);
    return wanted == nullptr || std::ranges::any_of(*wanted, [&](const auto& entry) {
               return text.starts_with(entry.first);
           });
}

bool Filters::pattern(std::string_view key, std::string_view text) const {
    const Values* wanted = find_key(key);
    return wanted == nullptr || has_value(key, text) ||
           std::ranges::any_of(*wanted, [&](const auto& entry) {
               const auto compiled = Pattern::compile(entry.first);
               return compiled && compiled->found_in(text);
           });
}

}  // namespace wherry::api
