#include "bin/wherry/words.hpp"

#include <array>
#include <cstdio>
#include <ctime>
#include <span>

#include "base/text.hpp"

namespace wherry::command {

namespace {

std::string in_units(double number, double step, std::span<const char* const> units, int digits) {
    std::size_t unit = 0;
    while (number >= step && unit + 1 < units.size()) {
        number /= step;
        ++unit;
    }
    std::array<char, 48> buffer{};
    std::snprintf(buffer.data(), buffer.size(), "%.*g%s", digits, number, units[unit]);
    return buffer.data();
}

std::string formatted(const char* pattern, std::int64_t seconds) {
    const std::time_t time = seconds;
    std::tm parts{};
    ::localtime_r(&time, &parts);
    std::array<char, 64> buffer{};
    const auto length = std::strftime(buffer.data(), buffer.size(), pattern, &parts);
    return {buffer.data(), length};
}

}  // namespace

std::string human_duration(std::chrono::seconds duration) {
    const auto seconds = duration.count();
    if (seconds < 1) {
        return "Less than a second";
    }
    if (seconds == 1) {
        return "1 second";
    }
    if (seconds < 60) {
        return text::format("{} seconds", seconds);
    }
    const auto minutes = seconds / 60;
    if (minutes == 1) {
        return "About a minute";
    }
    if (minutes < 60) {
        return text::format("{} minutes", minutes);
    }
    const auto hours = (seconds + 1800) / 3600;
    if (hours == 1) {
        return "About an hour";
    }
    if (hours < 48) {
        return text::format("{} hours", hours);
    }
    if (hours < 24 * 7 * 2) {
        return text::format("{} days", hours / 24);
    }
    if (hours < 24 * 30 * 2) {
        return text::format("{} weeks", hours / 24 / 7);
    }
    if (hours < 24 * 365 * 2) {
        return text::format("{} months", hours / 24 / 30);
    }
    return text::format("{} years", seconds / 3600 / 24 / 365);
}

std::string human_size(double bytes, int digits) {
    static constexpr std::array units{"B", "kB", "MB", "GB", "TB", "PB"};
    return in_units(bytes, 1000.0, units, digits);
}

std::string binary_size(double bytes) {
    static constexpr std::array units{"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    return in_units(bytes, 1024.0, units, 4);
}

std::string created_text(std::int64_t seconds) {
    return formatted("%Y-%m-%d %H:%M:%S %z %Z", seconds);
}

std::string local_time(std::int64_t nanoseconds) {
    constexpr std::int64_t second = 1'000'000'000;
    std::array<char, 16> fraction{};
    std::snprintf(fraction.data(), fraction.size(), ".%09d",
                  static_cast<int>(nanoseconds % second));
    const std::string zone = formatted("%z", nanoseconds / second);  // "+0100"
    return formatted("%Y-%m-%dT%H:%M:%S", nanoseconds / second) + fraction.data() +
           (zone == "+0000" ? "Z" : zone.substr(0, 3) + ":" + zone.substr(3));
}

std::string build_time(const std::string& text) {
    const auto time = parse_rfc3339(text);
    if (!time) {
        return text;
    }
    const std::time_t seconds =
        std::chrono::duration_cast<std::chrono::seconds>(time->time_since_epoch()).count();
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    std::array<char, 64> buffer{};
    const auto length = std::strftime(buffer.data(), buffer.size(), "%a %b %e %H:%M:%S %Y", &parts);
    return {buffer.data(), length};
}

std::string shorten(std::string_view text, std::size_t length) {
    std::size_t characters = 0;
    std::size_t cut = text.size();
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool begins = (static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U;
        if (begins && ++characters == length) {
            cut = at;
        }
    }
    if (characters <= length) {
        return std::string(text);
    }
    return std::string(text.substr(0, cut)) + "…";
}

std::string quote(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (c == '\n') {
            out += "\\n";
        } else if (c == '\t') {
            out += "\\t";
        } else if (c == '\r') {
            out += "\\r";
        } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
            out += "\\x" + text::hex(std::string_view(&c, 1));
        } else {
            out += c;
        }
    }
    return out + "\"";
}

}  // namespace wherry::command
