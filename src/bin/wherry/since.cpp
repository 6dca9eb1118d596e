// Times of --since: seconds since 1970, dates, or durations before now.
#include <cmath>

#include "base/text.hpp"
#include "bin/wherry/words.hpp"

namespace wherry::command {

namespace {

std::optional<double> unit_ns(std::string_view unit) {
    if (unit == "ns") {
        return 1.0;
    }
    if (unit == "us" || unit == "µs") {
        return 1e3;
    }
    if (unit == "ms") {
        return 1e6;
    }
    if (unit == "s") {
        return 1e9;
    }
    if (unit == "m") {
        return 60e9;
    }
    if (unit == "h") {
        return 3600e9;
    }
    return std::nullopt;
}

std::string unix_text(Time time) {
    const auto ns = time.time_since_epoch().count();
    std::string fraction = text::format("{}", ns % 1'000'000'000);
    fraction.insert(0, 9 - fraction.size(), '0');
    return text::format("{}.{}", ns / 1'000'000'000, fraction);
}

}  // namespace

std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text) {
    double total = 0;
    if (text.empty()) {
        return std::nullopt;
    }
    while (!text.empty()) {
        const auto digits = text.find_first_not_of("0123456789.");
        if (digits == 0 || digits == std::string_view::npos) {
            return std::nullopt;
        }
        double number = 0;
        const std::string figure(text.substr(0, digits));
        const char* const figure_end = figure.data() + figure.size();
        const auto [end, error] = std::from_chars(figure.data(), figure_end, number);
        if (error != std::errc{} || end != figure_end) {
            return std::nullopt;
        }
        text.remove_prefix(digits);
        const auto letters = std::min(text.find_first_of("0123456789."), text.size());
        const auto factor = unit_ns(text.substr(0, letters));
        if (!factor) {
            return std::nullopt;
        }
        total += number * *factor;
        text.remove_prefix(letters);
    }
    return std::chrono::nanoseconds(std::llround(total));
}

Result<std::string> time_text(std::string_view text, Time now) {
    if (const auto duration = parse_duration(text)) {
        return unix_text(now - *duration);
    }
    if (const auto time = parse_rfc3339(text)) {
        return unix_text(*time);
    }
    if (parse_unix_time(text)) {
        return std::string(text);
    }
    // A date, or a time without a zone: taken as UTC.
    for (const auto* rest : {"Z", ":00Z", "T00:00:00Z"}) {
        if (const auto time = parse_rfc3339(std::string(text) + rest)) {
            return unix_text(*time);
        }
    }
    return fail(ErrorKind::invalid, "failed to parse value as time or duration: \"{}\"", text);
}

Result<std::string> since_text(std::string_view text, Time now) {
    auto time = time_text(text, now);
    if (!time) {
        return std::move(time).error().in("invalid value for \"since\"");
    }
    return time;
}

}  // namespace wherry::command
