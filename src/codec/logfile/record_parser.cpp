#include <bit>
#include <cstring>
#include <optional>

#include "base/text.hpp"
#include "codec/logfile/record.hpp"
#include "codec/logfile/utf8.hpp"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace wherry::logfile {

namespace {

/// Where the first quote or backslash is, or the text's size. Looked for sixteen bytes at a time:
/// it is where the time of reading a log goes.
std::size_t find_special(std::string_view text) noexcept {
    std::size_t at = 0;
#ifdef __SSE2__
    const __m128i quote = _mm_set1_epi8('"');
    const __m128i backslash = _mm_set1_epi8('\\');
    for (; at + 16 <= text.size(); at += 16) {
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at));
        const __m128i found =
            _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash));
        if (const auto mask = static_cast<unsigned>(_mm_movemask_epi8(found)); mask != 0) {
            return at + static_cast<std::size_t>(std::countr_zero(mask));
        }
    }
#endif
    while (at < text.size() && text[at] != '"' && text[at] != '\\') {
        ++at;
    }
    return at;
}

/// A cursor over one record. Every step answers false where the record is not as it should be.
class Cursor {
  public:
    explicit Cursor(std::string_view text) : text_(text) {}

    [[nodiscard]] bool at_end() const noexcept { return text_.empty(); }
    [[nodiscard]] bool take(std::string_view expected) {
        if (!text_.starts_with(expected)) {
            return false;
        }
        text_.remove_prefix(expected.size());
        return true;
    }
    void skip_space() {
        const auto at = text_.find_first_not_of(" \t\r\n");
        text_.remove_prefix(at == std::string_view::npos ? text_.size() : at);
    }
    [[nodiscard]] char peek() const noexcept { return text_.empty() ? '\0' : text_[0]; }

    /// The inside of a string up to its quote (the opening one is taken already), appended.
    [[nodiscard]] bool string(std::string& out) {
        while (true) {
            const std::size_t stop = find_special(text_);
            if (stop == text_.size()) {
                return false;
            }
            out.append(text_, 0, stop);
            const char found = text_[stop];
            text_.remove_prefix(stop + 1);
            if (found == '"') {
                return true;
            }
            if (!escape(out)) {
                return false;
            }
        }
    }

    /// The inside of a string without escapes, as it stands in the record.
    [[nodiscard]] std::optional<std::string_view> plain_string() {
        const std::size_t stop = find_special(text_);
        if (stop == text_.size() || text_[stop] != '"') {
            return std::nullopt;
        }
        const std::string_view inside = text_.substr(0, stop);
        text_.remove_prefix(stop + 1);
        return inside;
    }

    /// Any value, skipped; its text.
    [[nodiscard]] std::optional<std::string_view> value() {
        const std::string_view start = text_;
        std::size_t depth = 0;
        while (!text_.empty()) {
            const char c = text_[0];
            if (depth == 0 && (c == ',' || c == '}' || c == ']')) {
                break;
            }
            text_.remove_prefix(1);
            if (c == '"') {
                scratch_.clear();
                if (!string(scratch_)) {
                    return std::nullopt;
                }
            } else if (c == '{' || c == '[') {
                ++depth;
            } else if (c == '}' || c == ']') {
                --depth;
            }
        }
        return start.substr(0, start.size() - text_.size());
    }

  private:
    [[nodiscard]] std::optional<unsigned> hex4() {
        unsigned code = 0;
        if (text_.size() < 4) {
            return std::nullopt;
        }
        const std::string_view digits = text_.substr(0, 4);
        const char* const digits_begin = digits.data();
        const char* const digits_end = digits_begin + digits.size();
        const auto [end, error] = std::from_chars(digits_begin, digits_end, code, 16);
        if (error != std::errc{} || end != digits_end) {
            return std::nullopt;
        }
        text_.remove_prefix(4);
        return code;
    }
    [[nodiscard]] bool unicode(std::string& out) {
        auto code = hex4();
        if (!code) {
            return false;
        }
        if (*code >= 0xd800 && *code < 0xdc00 && text_.starts_with("\\u")) {
            text_.remove_prefix(2);
            const auto low = hex4();
            if (!low) {
                return false;
            }
            code = 0x10000 + ((*code - 0xd800) << 10) + ((*low - 0xdc00) & 0x3ff);
        }
        append_utf8(out, *code);
        return true;
    }
    [[nodiscard]] bool escape(std::string& out) {
        if (text_.empty()) {
            return false;
        }
        const char kind = text_[0];
        text_.remove_prefix(1);
        constexpr std::string_view from = "\"\\/nrtbf";
        constexpr std::string_view to = "\"\\/\n\r\t\b\f";
        if (const auto at = from.find(kind); at != std::string_view::npos) {
            out.push_back(to[at]);
            return true;
        }
        return kind == 'u' && unicode(out);
    }

    std::string_view text_;
    std::string scratch_;
};

bool parse_stream(std::string_view text, Stream& stream) {
    stream = text == "stderr" ? Stream::standard_error : Stream::standard_output;
    return text == "stderr" || text == "stdout";
}

/// The usual "YYYY-MM-DDTHH:MM:SS.fffffffffZ" without general parsing; nothing if it is another.
std::optional<Time> parse_usual_time(std::string_view text) {
    const auto digits = [text](std::size_t at, std::size_t count) {
        int value = 0;
        for (std::size_t i = at; i < at + count; ++i) {
            const int digit = text[i] - '0';
            value = digit < 0 || digit > 9 || value < 0 ? -1 : value * 10 + digit;
        }
        return value;
    };
    if (text.size() < 20 || text.size() > 30 || text.back() != 'Z' || text[10] != 'T') {
        return std::nullopt;
    }
    std::int64_t nanoseconds = 0;
    if (text.size() > 20) {
        nanoseconds = digits(20, text.size() - 21);
        for (std::size_t i = text.size(); i < 30; ++i) {
            nanoseconds *= 10;
        }
    }
    using namespace std::chrono;
    const year_month_day date{year(digits(0, 4)), month(static_cast<unsigned>(digits(5, 2))),
                              day(static_cast<unsigned>(digits(8, 2)))};
    const int hour = digits(11, 2);
    const int minute = digits(14, 2);
    const int second = digits(17, 2);
    if (!date.ok() || hour < 0 || minute < 0 || second < 0 || nanoseconds < 0) {
        return std::nullopt;
    }
    return Time(sys_days(date)) + hours(hour) + minutes(minute) + seconds(second) +
           std::chrono::nanoseconds(nanoseconds);
}

bool parse_time(std::string_view text, Time& time) {
    auto parsed = parse_usual_time(text);
    if (!parsed) {
        parsed = parse_rfc3339(text);
    }
    time = parsed.value_or(Time{});
    return parsed.has_value();
}

/// One member of any order; `key` is taken, the cursor is at the value.
bool parse_member(Cursor& cursor, std::string_view key, Record& record) {
    if ((key == "log" || key == "stream" || key == "time") && cursor.take("\"")) {
        std::string text;
        std::string& target = key == "log" ? record.log : text;
        return cursor.string(target) && (key != "stream" || parse_stream(text, record.stream)) &&
               (key != "time" || parse_time(text, record.time));
    }
    const auto value = cursor.value();
    if (value && key == "attrs") {
        record.attributes.assign(*value);
    }
    return value.has_value();
}

bool parse_any_order(Cursor cursor, Record& record) {
    cursor.skip_space();
    bool timed = false;
    bool more = cursor.take("{");
    while (more) {
        std::string key;
        cursor.skip_space();
        if (!cursor.take("\"") || !cursor.string(key)) {
            return false;
        }
        cursor.skip_space();
        if (!cursor.take(":")) {
            return false;
        }
        cursor.skip_space();
        if (!parse_member(cursor, key, record)) {
            return false;
        }
        timed = timed || key == "time";
        cursor.skip_space();
        more = cursor.take(",");
    }
    return timed && cursor.take("}");
}

/// The layout that we and the reference write; false means: try the general way.
bool parse_usual(Cursor cursor, Record& record) {
    if (!cursor.take(record_start) || !cursor.string(record.log)) {
        return false;
    }
    if (cursor.take(R"(,"stream":"stdout")")) {
        record.stream = Stream::standard_output;
    } else if (cursor.take(R"(,"stream":"stderr")")) {
        record.stream = Stream::standard_error;
    } else {
        return false;
    }
    if (cursor.take(R"(,"attrs":)")) {
        const auto value = cursor.value();
        if (!value) {
            return false;
        }
        record.attributes.assign(*value);
    }
    if (!cursor.take(R"(,"time":")")) {
        return false;
    }
    const auto time = cursor.plain_string();
    return time && cursor.take("}") && cursor.at_end() && parse_time(*time, record.time);
}

}  // namespace

bool parse_record(std::string_view line, Record& record) {
    record.log.clear();
    record.attributes.clear();
    if (parse_usual(Cursor(line), record)) {
        return true;
    }
    record.log.clear();
    record.attributes.clear();
    return parse_any_order(Cursor(line), record);
}

}  // namespace wherry::logfile
