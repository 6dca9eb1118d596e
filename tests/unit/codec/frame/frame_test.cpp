#include "codec/frame/frame.hpp"

#include <gtest/gtest.h>

#include <string>

namespace wherry::frame {
namespace {

std::string parse_in_pieces(std::string_view bytes, std::size_t step) {
    Parser parser;
    std::string out;
    while (!bytes.empty()) {
        auto part = bytes.substr(0, step);
        bytes.remove_prefix(part.size());
        while (!part.empty()) {
            auto piece = parser.next(part);
            if (!piece) {
                return "error";
            }
            for (const char c : piece->payload) {
                out += std::to_string(static_cast<int>(piece->stream)) + c;
            }
        }
    }
    return out + (parser.at_boundary() ? "|" : "...");
}

TEST(Frame, head_is_stream_zeros_and_big_endian_size) {
    std::string out;
    append(out, Stream::standard_error, "ab");
    EXPECT_EQ(out, std::string("\2\0\0\0\0\0\0\2ab", 10));
    const Head large = head(Stream::standard_output, 0x01020304);
    EXPECT_EQ(std::string(large.data(), large.size()), std::string("\1\0\0\0\1\2\3\4", 8));
}

TEST(Frame, parses_however_the_bytes_are_cut) {
    std::string bytes;
    append(bytes, Stream::standard_output, "ab");
    append(bytes, Stream::standard_error, "");
    append(bytes, Stream::standard_error, "c");
    for (std::size_t step = 1; step <= bytes.size(); ++step) {
        EXPECT_EQ(parse_in_pieces(bytes, step), "1a1b2c|") << step;
    }
}

TEST(Frame, an_end_inside_a_frame_is_told) {
    std::string bytes;
    append(bytes, Stream::standard_output, "abc");
    EXPECT_EQ(parse_in_pieces(bytes.substr(0, bytes.size() - 1), 3), "1a1b...");
    EXPECT_EQ(parse_in_pieces(bytes.substr(0, 5), 3), "...");
}

TEST(Frame, refuses_what_is_no_head) {
    EXPECT_EQ(parse_in_pieces("hello world", 4), "error");
    EXPECT_EQ(parse_in_pieces(std::string("\4\0\0\0\0\0\0\1x", 9), 9), "error");
}

}  // namespace
}  // namespace wherry::frame
