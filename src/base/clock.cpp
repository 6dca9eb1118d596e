#include "base/clock.hpp"

#include <cstdio>

#include "base/text.hpp"

namespace wherry {

namespace chrono = std::chrono;

namespace {

struct Parts {
    chrono::year_month_day date{};
    chrono::hh_mm_ss<chrono::nanoseconds> clock;
};

Parts parts_of(Time time) {
    const auto day = chrono::floor<chrono::days>(time);
    return {chrono::year_month_day(day), chrono::hh_mm_ss<chrono::nanoseconds>(time - day)};
}

std::string seconds_text(const Parts& parts) {
    char buffer[40];
    const int size = std::snprintf(
        buffer, sizeof buffer, "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(parts.date.year()),
        static_cast<unsigned>(parts.date.month()), static_cast<unsigned>(parts.date.day()),
        static_cast<int>(parts.clock.hours().count()),
        static_cast<int>(parts.clock.minutes().count()),
        static_cast<int>(parts.clock.seconds().count()));
    return {buffer, static_cast<std::size_t>(size)};
}

std::string fraction_text(const Parts& parts) {
    char buffer[16];
    const int size = std::snprintf(buffer, sizeof buffer, ".%09lld",
                                   static_cast<long long>(parts.clock.subseconds().count()));
    return {buffer, static_cast<std::size_t>(size)};
}

/// Up to nine digits of a fraction as nanoseconds; more are cut.
std::optional<std::int64_t> parse_fraction(std::string_view digits) {
    std::string nine(digits.substr(0, 9));
    nine.resize(9, '0');
    if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos) {
        return std::nullopt;
    }
    return text::parse_int(nine);
}

std::optional<int> digits_at(std::string_view text, std::size_t at, std::size_t count) {
    if (text.size() < at + count) {
        return std::nullopt;
    }
    return text::parse_int<int>(text.substr(at, count));
}

}  // namespace

Time now() noexcept {
    return chrono::time_point_cast<chrono::nanoseconds>(chrono::system_clock::now());
}

std::string rfc3339_nano(Time time) {
    const Parts parts = parts_of(time);
    std::string fraction = fraction_text(parts);
    fraction.erase(fraction.find_last_not_of('0') + 1);
    return seconds_text(parts) + (fraction == "." ? "" : fraction) + "Z";
}

std::string rfc3339_nano_fixed(Time time) {
    const Parts parts = parts_of(time);
    return seconds_text(parts) + fraction_text(parts) + "Z";
}

std::optional<Time> parse_rfc3339(std::string_view text) {
    const auto year = digits_at(text, 0, 4);
    const auto month = digits_at(text, 5, 2);
    const auto day = digits_at(text, 8, 2);
    const auto hour = digits_at(text, 11, 2);
    const auto minute = digits_at(text, 14, 2);
    const auto second = digits_at(text, 17, 2);
    if (!year || !month || !day || !hour || !minute || !second || text[4] != '-' ||
        text[7] != '-' || (text[10] != 'T' && text[10] != 't') || text[13] != ':' ||
        text[16] != ':') {
        return std::nullopt;
    }
    const chrono::year_month_day date{chrono::year(*year),
                                      chrono::month(static_cast<unsigned>(*month)),
                                      chrono::day(static_cast<unsigned>(*day))};
    if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) {
        return std::nullopt;
    }
    text.remove_prefix(19);
    chrono::nanoseconds rest{};
    if (text.starts_with('.')) {
        const auto end = std::min(text.find_first_not_of("0123456789", 1), text.size());
        const auto fraction = parse_fraction(text.substr(1, end - 1));
        if (!fraction) {
            return std::nullopt;
        }
        rest = chrono::nanoseconds(*fraction);
        text.remove_prefix(end);
    }
    chrono::minutes offset{};
    if (text != "Z" && text != "z") {
        const auto hours = digits_at(text, 1, 2);
        const auto minutes = digits_at(text, 4, 2);
        if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':' || !hours ||
            !minutes) {
            return std::nullopt;
        }
        offset = chrono::hours(*hours) + chrono::minutes(*minutes);
        offset = text[0] == '-' ? -offset : offset;
    }
    // What 64 bits of nanoseconds do not reach is as early, or as late, as they can tell.
    if (*year < 1678 || *year > 2261) {
        return *year < 1678 ? Time::min() : Time::max();
    }
    return Time(chrono::sys_days(date)) + chrono::hours(*hour) + chrono::minutes(*minute) +
           chrono::seconds(*second) + rest - offset;
}

std::optional<Time> parse_unix_time(std::string_view text) {
    const auto parts = text::cut(text, ".");
    const auto seconds = text::parse_int(parts ? parts->first : text);
    if (!seconds) {
        return std::nullopt;
    }
    // Years past 2262 do not fit into nanoseconds; the API's users mean "far away".
    constexpr std::int64_t last = 9'223'372'035;
    const auto whole = chrono::seconds(std::min(std::max(*seconds, -last), last));
    if (!parts) {
        return Time(whole);
    }
    const auto fraction = parse_fraction(parts->second);
    if (!fraction) {
        return std::nullopt;
    }
    return Time(whole) + chrono::nanoseconds(*fraction);
}

}  // namespace wherry
