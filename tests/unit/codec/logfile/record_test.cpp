#include "codec/logfile/record.hpp"

#include <gtest/gtest.h>

#include <string>

#include "codec/logfile/splitter.hpp"

namespace wherry::logfile {
namespace {

std::string escaped(std::string_view text) {
    std::string out;
    append_escaped(out, text);
    return out;
}

// As Docker 28.5.2 wrote the same bytes.
TEST(LogRecord, text_is_escaped_as_the_reference_does) {
    const struct {
        std::string in;
        std::string out;
    } cases[] = {
        {"plain", "plain"},
        {"\ttab \"q\" \\ <a>&\r", R"(\u0009tab \"q\" \\ \u003ca\u003e\u0026\r)"},
        {"\x01\x7f\x1b[0m", "\\u0001\x7f\\u001b[0m"},
        {std::string("\0", 1), R"(\u0000)"},
        {"\xff\xfe bad \xc3( \xed\xa0\x80 \xf4\x90\x80\x80 \xe2\x82 \xc0\x80",
         R"(\ufffd\ufffd bad \ufffd( \ufffd\ufffd\ufffd \ufffd\ufffd\ufffd\ufffd \ufffd\ufffd \ufffd\ufffd)"},
        {"é € 😀 \xe2\x80\xa8 \xe2\x80\xa9 \xef\xbf\xbd", "é € 😀 \\u2028 \\u2029 \xef\xbf\xbd"},
        {"\xf0\x9f\x98", R"(\ufffd\ufffd\ufffd)"},
    };
    for (const auto& c : cases) {
        EXPECT_EQ(escaped(c.in), c.out);
    }
}

TEST(LogRecord, a_special_byte_is_found_at_every_place_of_a_long_line) {
    const std::string plain(100, 'x');
    for (const auto& [byte, written] : {std::pair<char, std::string>('"', R"(\")"),
                                        {'\\', R"(\\)"},
                                        {'<', R"(\u003c)"},
                                        {'>', R"(\u003e)"},
                                        {'&', R"(\u0026)"},
                                        {'\x1f', R"(\u001f)"},
                                        {'\0', R"(\u0000)"},
                                        {'\x80', R"(\ufffd)"},
                                        {'\xff', R"(\ufffd)"},
                                        {'\x7f', "\x7f"},
                                        {' ', " "}}) {
        for (std::size_t at = 0; at < plain.size(); ++at) {
            std::string text = plain;
            text[at] = byte;
            std::string expected = plain;
            expected.replace(at, 1, written);
            ASSERT_EQ(escaped(text), expected) << at;
        }
    }
}

TEST(LogRecord, lines_are_records) {
    std::string out;
    Splitter splitter(Stream::standard_error, R"({"a":"b"})");
    splitter.feed(out, "one\ntw", "2026-11-24T10:00:00.5Z");
    splitter.feed(out, "o\n\n", "2026-11-24T10:00:01Z");
    splitter.feed(out, "rest", "2026-11-24T10:00:02Z");
    splitter.finish(out, "2026-11-24T10:00:03Z");
    EXPECT_EQ(
        out,
        R"({"log":"one\n","stream":"stderr","attrs":{"a":"b"},"time":"2026-11-24T10:00:00.5Z"})"
        "\n"
        R"({"log":"two\n","stream":"stderr","attrs":{"a":"b"},"time":"2026-11-24T10:00:01Z"})"
        "\n"
        R"({"log":"\n","stream":"stderr","attrs":{"a":"b"},"time":"2026-11-24T10:00:01Z"})"
        "\n"
        R"({"log":"rest","stream":"stderr","attrs":{"a":"b"},"time":"2026-11-24T10:00:03Z"})"
        "\n");
}

std::vector<std::pair<std::size_t, bool>> pieces_of(std::string_view text, std::size_t step) {
    std::string out;
    Splitter splitter(Stream::standard_output, "");
    for (std::size_t at = 0; at < text.size(); at += step) {
        splitter.feed(out, text.substr(at, step), "2026-11-24T10:00:00Z");
    }
    splitter.finish(out, "2026-11-24T10:00:00Z");
    std::vector<std::pair<std::size_t, bool>> pieces;
    Record record;
    for (std::size_t at = 0; at < out.size();) {
        const auto newline = out.find('\n', at);
        EXPECT_TRUE(parse_record(std::string_view(out).substr(at, newline - at), record));
        const bool whole = record.log.ends_with('\n');
        pieces.emplace_back(record.log.size() - (whole ? 1 : 0), whole);
        at = newline + 1;
    }
    return pieces;
}

TEST(LogRecord, long_lines_are_cut_at_sixteen_kib_however_they_arrive) {
    using Pieces = std::vector<std::pair<std::size_t, bool>>;
    const struct {
        std::string text;
        Pieces pieces;
    } cases[] = {
        {std::string(16383, 'a') + "\n", {{16383, true}}},
        {std::string(16384, 'a') + "\n", {{16384, false}, {0, true}}},
        {std::string(20000, 'a') + "\nb\n", {{16384, false}, {3616, true}, {1, true}}},
        {std::string(40000, 'a'), {{16384, false}, {16384, false}, {7232, false}}},
        {"a\n" + std::string(16384, 'b'), {{1, true}, {16384, false}}},
    };
    for (const auto& c : cases) {
        for (const std::size_t step : {1UL, 7UL, 4096UL, 16384UL, 65536UL}) {
            EXPECT_EQ(pieces_of(c.text, step), c.pieces) << c.text.size() << " by " << step;
        }
    }
}

TEST(LogRecord, pieces_of_a_line_bear_the_time_of_the_first) {
    std::string out;
    Splitter splitter(Stream::standard_output, "");
    splitter.feed(out, std::string(16384, 'a'), "2026-11-24T10:00:00Z");
    out.clear();
    splitter.feed(out, "b\nc\n", "2026-11-24T11:00:00Z");
    EXPECT_EQ(out, R"({"log":"b\n","stream":"stdout","time":"2026-11-24T10:00:00Z"})"
                   "\n"
                   R"({"log":"c\n","stream":"stdout","time":"2026-11-24T11:00:00Z"})"
                   "\n");
}

TEST(LogRecord, every_byte_comes_back) {
    std::string text;
    for (unsigned byte = 0; byte < 0x80; ++byte) {
        text.push_back(static_cast<char>(byte));
    }
    text += "é€😀\xe2\x80\xa8";
    const std::string line =
        std::string(record_start) + escaped(text) +
        record_tail(Stream::standard_error, R"({"q":"\"}"})", "2026-11-24T10:00:00.123456789Z");
    Record record;
    ASSERT_TRUE(parse_record(std::string_view(line).substr(0, line.size() - 1), record));
    EXPECT_EQ(record.log, text);
    EXPECT_EQ(record.stream, Stream::standard_error);
    EXPECT_EQ(record.attributes, R"({"q":"\"}"})");
    EXPECT_EQ(rfc3339_nano(record.time), "2026-11-24T10:00:00.123456789Z");
}

TEST(LogRecord, other_layouts_are_read_too) {
    Record record;
    EXPECT_TRUE(parse_record(
        R"( { "time" : "2026-11-24T10:00:00.5+02:00", "x":[1,{"y":"]"}], "log":"a\ud83d\ude00\/", "stream":"stderr" } )",
        record));
    EXPECT_EQ(record.log, "a😀/");
    EXPECT_EQ(rfc3339_nano(record.time), "2026-11-24T08:00:00.5Z");
    EXPECT_EQ(record.stream, Stream::standard_error);
}

TEST(LogRecord, torn_and_damaged_lines_are_refused) {
    const std::string whole =
        R"({"log":"a\n","stream":"stdout","attrs":{"a":"b"},"time":"2026-11-24T10:00:00.1Z"})";
    Record record;
    ASSERT_TRUE(parse_record(whole, record));
    for (std::size_t size = 0; size < whole.size(); ++size) {
        EXPECT_FALSE(parse_record(std::string_view(whole).substr(0, size), record)) << size;
    }
    for (const std::string_view bad :
         {"", "{}", "null", "{\"log\":\"\\", "{\"log\":\"\\u12",
          R"({"log":"a","stream":"x","time":"2026-11-24T10:00:00Z"})",
          R"({"log":"a","stream":"stdout","time":"2026-13-24T10:00:00Z"})",
          R"({"log":"a","stream":"stdout","time":"aaaa-bb-ccTdd:ee:ffZ"})"}) {
        EXPECT_FALSE(parse_record(bad, record)) << bad;
    }
}

}  // namespace
}  // namespace wherry::logfile
