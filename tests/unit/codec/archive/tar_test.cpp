#include "codec/archive/tar.hpp"

#include <gtest/gtest.h>

#include "codec/archive/compression.hpp"

namespace wherry::archive {
namespace {

std::string make_tar(const std::vector<std::pair<Entry, std::string>>& entries) {
    std::string tar;
    TextSink sink(tar);
    TarWriter writer(sink);
    for (const auto& [entry, content] : entries) {
        EXPECT_TRUE(writer.add_file(entry, content));
    }
    EXPECT_TRUE(writer.finish());
    return tar;
}

std::vector<Entry> read_tar(std::string_view tar) {
    TextSource source(tar);
    auto reader = TarReader::open(source);
    EXPECT_TRUE(reader);
    std::vector<Entry> entries;
    while (true) {
        auto entry = reader->next();
        EXPECT_TRUE(entry) << entry.error().message();
        if (!entry || !*entry) {
            return entries;
        }
        entries.push_back(**entry);
    }
}

TEST(Tar, entries_survive_a_round_trip) {
    Entry file{.path = "etc/passwd", .mode = 04755, .uid = 100000, .gid = 4000000};
    file.mtime = Time(std::chrono::nanoseconds(1700000000123456789));
    file.xattrs = {{"security.capability", std::string("\x01\x00\x00\x02", 4)}};
    const Entry device{
        .path = "dev/null", .type = EntryType::character, .mode = 0666, .major = 1, .minor = 3};
    const Entry link{.path = "a", .type = EntryType::symlink, .mode = 0777, .link = "/b/c"};
    const Entry hard{.path = "h", .type = EntryType::hardlink, .mode = 0644, .link = "etc/passwd"};
    const auto read = read_tar(make_tar({{file, "root"}, {device, ""}, {link, ""}, {hard, ""}}));
    ASSERT_EQ(read.size(), 4U);
    EXPECT_EQ(read[0].path, "etc/passwd");
    EXPECT_EQ(read[0].mode, 04755U);
    EXPECT_EQ(read[0].uid, 100000U);
    EXPECT_EQ(read[0].gid, 4000000U);
    EXPECT_EQ(read[0].mtime, file.mtime);
    EXPECT_EQ(read[0].size, 4U);
    EXPECT_EQ(read[0].xattrs, file.xattrs);
    EXPECT_EQ(read[1].type, EntryType::character);
    EXPECT_EQ(read[1].major, 1U);
    EXPECT_EQ(read[1].minor, 3U);
    EXPECT_EQ(read[2].link, "/b/c");
    EXPECT_EQ(read[3].type, EntryType::hardlink);
    EXPECT_EQ(read[3].link, "etc/passwd");
}

TEST(Tar, names_are_bytes) {
    const std::string decomposed = "u\xcc\x88.txt";  // u and a combining diaeresis
    const std::string composed = "\xc3\xbc.txt";     // the same as one character
    const std::string latin1 = "caf\xe9";            // no UTF-8 at all
    const std::string longer = std::string(150, 'd') + "/" + std::string(200, 'f') + "\xc3\xbc";
    for (const std::string& name : {decomposed, composed, latin1, longer}) {
        const Entry entry{.path = name, .mode = 0644};
        const auto read = read_tar(make_tar({{entry, "x"}}));
        ASSERT_EQ(read.size(), 1U);
        EXPECT_EQ(read[0].path, name);
    }
}

TEST(Tar, a_stream_that_is_cut_off_is_an_error) {
    const std::string tar = make_tar({{Entry{.path = "a", .mode = 0644}, std::string(5000, 'x')}});
    TextSource source(std::string_view(tar).substr(0, 2000));
    auto reader = TarReader::open(source);
    ASSERT_TRUE(reader);
    ASSERT_TRUE(reader->next());
    EXPECT_FALSE(reader->read_text(10000));
}

TEST(Tar, what_is_no_tar_is_refused) {
    const std::string text(2048, 'z');
    TextSource source(text);
    auto reader = TarReader::open(source);
    const Error error = reader ? reader->next().error() : reader.error();
    EXPECT_EQ(error.kind(), ErrorKind::invalid);
    EXPECT_EQ(error.message(), "archive/tar: invalid tar header");
}

TEST(Tar, an_empty_stream_has_no_entries) {
    EXPECT_TRUE(read_tar("").empty());
    EXPECT_TRUE(read_tar(std::string(1024, '\0')).empty());
}

TEST(Tar, a_failing_source_keeps_its_own_error) {
    class Failing final : public ByteSource {
        Result<std::size_t> read(std::span<char> /*buffer*/) override {
            return fail(ErrorKind::unavailable, "the registry went away");
        }
    };
    Failing source;
    auto reader = TarReader::open(source);
    if (reader) {
        auto entry = reader->next();
        ASSERT_FALSE(entry);
        EXPECT_EQ(entry.error().message(), "the registry went away");
    } else {
        EXPECT_EQ(reader.error().message(), "the registry went away");
    }
}

}  // namespace
}  // namespace wherry::archive
