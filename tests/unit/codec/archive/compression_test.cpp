#include "codec/archive/compression.hpp"

#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

namespace wherry::archive {
namespace {

// Gives what it has in pieces of one size, so that every buffer border is met.
class Pieces final : public ByteSource {
  public:
    Pieces(std::string_view text, std::size_t piece) : rest_(text), piece_(piece) {}
    Result<std::size_t> read(std::span<char> buffer) override {
        const std::size_t size = std::min({buffer.size(), piece_, rest_.size()});
        std::copy_n(rest_.begin(), size, buffer.data());
        rest_.remove_prefix(size);
        return size;
    }

  private:
    std::string_view rest_;
    std::size_t piece_;
};

std::string sample(std::size_t size) {
    std::string text;
    unsigned state = 7;
    while (text.size() < size) {
        state = state * 1103515245 + 12345;
        text += std::to_string(state % 1000) + (state % 7 == 0 ? "\n" : " repeated words ");
    }
    text.resize(size);
    return text;
}

std::string gzip(const std::string& text) {
    std::string out;
    TextSink sink(out);
    auto compressor = compress_gzip(sink);
    EXPECT_TRUE(compressor->write(text));
    EXPECT_TRUE(compressor->finish());
    return out;
}

std::string zstd(const std::string& text) {
    std::string out(ZSTD_compressBound(text.size()), '\0');
    out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
    return out;
}

Result<std::string> unpack(std::string_view bytes, std::size_t piece = 1 << 20) {
    Pieces source(bytes, piece);
    TRY(auto stream, decompress_any(source));
    std::string out;
    TextSink sink(out);
    CHECK_OK(copy(*stream, sink));
    return out;
}

TEST(Compression, round_trips_in_pieces_of_any_size) {
    const std::string text = sample(3'000'000);
    for (const std::string& packed : {gzip(text), zstd(text), text}) {
        for (const std::size_t piece : {std::size_t{1} << 20, std::size_t{4097}}) {
            auto back = unpack(packed, piece);
            ASSERT_TRUE(back) << back.error().message();
            EXPECT_TRUE(*back == text);
        }
    }
    const std::string small = sample(2000);
    for (const std::string& packed : {gzip(small), zstd(small), small}) {
        auto back = unpack(packed, 1);
        ASSERT_TRUE(back) << back.error().message();
        EXPECT_EQ(*back, small);
    }
}

TEST(Compression, several_members_are_one_stream) {
    const std::string a = sample(1000);
    const std::string b = sample(300'000);
    EXPECT_EQ(unpack(gzip(a) + gzip(b)).value_or("error"), a + b);
    EXPECT_EQ(unpack(gzip(a) + gzip(b), 1).value_or("error"), a + b);
    EXPECT_EQ(unpack(zstd(a) + zstd(b)).value_or("error"), a + b);
    EXPECT_EQ(unpack(gzip(a) + std::string(512, '\0')).value_or("error"), a);
}

TEST(Compression, a_stream_cut_off_at_any_place_is_an_error) {
    for (const std::string& packed : {gzip(sample(4000)), zstd(sample(4000))}) {
        for (std::size_t size = 6; size < packed.size(); ++size) {
            const auto back = unpack(std::string_view(packed).substr(0, size));
            ASSERT_FALSE(back) << size << " of " << packed.size();
            EXPECT_EQ(back.error().kind(), ErrorKind::invalid);
        }
    }
}

TEST(Compression, damage_is_an_error) {
    std::string packed = gzip(sample(100'000));
    packed[packed.size() / 2] ^= 0x55;
    EXPECT_FALSE(unpack(packed));
    packed = gzip(sample(100'000));
    packed[packed.size() - 6] ^= 0x55;  // the checksum at the end
    EXPECT_FALSE(unpack(packed));
}

TEST(Compression, is_found_by_its_magic) {
    EXPECT_EQ(detect_compression(gzip("x")), Compression::gzip);
    EXPECT_EQ(detect_compression(zstd("x")), Compression::zstd);
    EXPECT_EQ(detect_compression("BZh91AY&SY"), Compression::bzip2);
    EXPECT_EQ(detect_compression(std::string_view("\xfd"
                                                  "7zXZ\0",
                                                  6)),
              Compression::xz);
    EXPECT_EQ(detect_compression("etc/passwd"), Compression::none);
    EXPECT_EQ(detect_compression(""), Compression::none);
}

// `printf hello | bzip2` and `| xz`
TEST(Compression, bzip2_and_xz_are_read) {
    const std::string_view bzip2(
        "\x42\x5a\x68\x39\x31\x41\x59\x26\x53\x59\x19\x31\x65\x3d\x00\x00\x00\x81\x00\x02\x44\xa0"
        "\x00\x21\x9a\x68\x33\x4d\x07\x33\x8b\xb9\x22\x9c\x28\x48\x0c\x98\xb2\x9e\x80",
        41);
    EXPECT_EQ(unpack(bzip2).value_or("error"), "hello");
    const std::string_view xz(
        "\xfd\x37\x7a\x58\x5a\x00\x00\x04\xe6\xd6\xb4\x46\x02\x00\x21\x01\x16\x00\x00\x00\x74\x2f"
        "\xe5\xa3\x01\x00\x04\x68\x65\x6c\x6c\x6f\x00\x00\x00\x00\xb1\x37\xb9\xdb\xe5\xda\x1e\x9b"
        "\x00\x01\x1d\x05\xb8\x2d\x80\xaf\x1f\xb6\xf3\x7d\x01\x00\x00\x00\x00\x04\x59\x5a",
        64);
    EXPECT_EQ(unpack(xz).value_or("error"), "hello");
}

}  // namespace
}  // namespace wherry::archive
