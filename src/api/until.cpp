#include "api/until.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>

#include "base/text.hpp"

namespace wherry::api {

namespace {

using std::chrono::nanoseconds;

struct Unit {
    std::string_view name;
    double nanoseconds;
};

// Longer names first: "ms" is not "m".
constexpr std::array units = {Unit{"ns", 1},       Unit{"us", 1e3},      Unit{"µs", 1e3},
                              Unit{"μs", 1e3},     Unit{"ms", 1e6},      Unit{"s", 1e9},
                              Unit{"m", 60 * 1e9}, Unit{"h", 3600 * 1e9}};

bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

bool all_digits(std::string_view text) noexcept {
    return !text.empty() && std::ranges::all_of(text, is_digit);
}

/// Takes a decimal number off the front.
std::optional<double> take_number(std::string_view& text) {
    const auto whole = std::min(text.find_first_not_of("0123456789"), text.size());
    std::size_t end = whole;
    if (end < text.size() && text[end] == '.') {
        end = std::min(text.find_first_not_of("0123456789", end + 1), text.size());
    }
    if (end == 0 || (whole == 0 && end == 1)) {
        return std::nullopt;
    }
    double number = 0;
    double scale = 1;
    for (const char c : text.substr(0, end)) {
        if (c == '.') {
            continue;
        }
        number = number * 10 + (c - '0');
    }
    for (std::size_t digits = whole + 1; digits < end; ++digits) {
        scale *= 10;
    }
    text.remove_prefix(end);
    return number / scale;
}

/// "2026-11-24T10:00" completed to RFC 3339; nothing where the form is another.
std::optional<std::string> completed(std::string_view text) {
    constexpr std::string_view model = "0000-00-00T00:00:00";
    std::string_view zone = "Z";
    // Behind the date's two dashes, a sign or a Z begins the zone.
    if (const auto at = text.find_first_of("Z+-", 10); at != std::string_view::npos) {
        zone = text.substr(at);
        text = text.substr(0, at);
    }
    std::string_view fraction;
    if (const auto at = text.find('.'); at != std::string_view::npos) {
        fraction = text.substr(at);
        text = text.substr(0, at);
    }
    const bool whole =
        text.size() == 10 || text.size() == 13 || text.size() == 16 || text.size() == 19;
    if (!whole || (!fraction.empty() && text.size() != model.size())) {
        return std::nullopt;
    }
    std::string out(text);
    out.append(model.substr(text.size()));
    for (std::size_t index = 0; index < model.size(); ++index) {
        if (is_digit(model[index]) ? !is_digit(out[index]) : out[index] != model[index]) {
            return std::nullopt;
        }
    }
    return out.append(fraction).append(zone);
}

}  // namespace

std::optional<nanoseconds> parse_duration(std::string_view text) {
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) {
        text.remove_prefix(1);
    }
    if (text == "0") {
        return nanoseconds(0);
    }
    double total = 0;
    bool any = false;
    while (!text.empty()) {
        const auto number = take_number(text);
        const auto* unit = std::ranges::find_if(
            units, [&](const Unit& one) { return text.starts_with(one.name); });
        if (!number || unit == units.end()) {
            return std::nullopt;
        }
        text.remove_prefix(unit->name.size());
        total += *number * unit->nanoseconds;
        any = true;
    }
    if (!any || total > static_cast<double>(std::numeric_limits<std::int64_t>::max()) / 2) {
        return std::nullopt;
    }
    return nanoseconds(std::llround(negative ? -total : total));
}

Result<Time> parse_until(std::string_view text, Time now) {
    if (const auto duration = parse_duration(text)) {
        return now - *duration;
    }
    if (text.find('-') != std::string_view::npos) {
        if (const auto full = completed(text)) {
            if (const auto time = parse_rfc3339(*full)) {
                return *time;
            }
        }
        return fail(ErrorKind::invalid, "failed to parse value as time or duration: \"{}\"", text);
    }
    const auto parts = text::cut(text, ".");
    if (all_digits(parts ? parts->first : text) && (!parts || all_digits(parts->second))) {
        if (const auto time = parse_unix_time(text)) {
            return *time;
        }
    }
    return fail(ErrorKind::invalid, "failed to parse value as time or duration: \"{}\"", text);
}

}  // namespace wherry::api
