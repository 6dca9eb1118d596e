#include <gtest/gtest.h>

#include <sys/stat.h>

#include <string>

#include "codec/logfile/compressed.hpp"
#include "codec/logfile/local_record.hpp"
#include "codec/logfile/reader.hpp"
#include "codec/logfile/rotation.hpp"
#include "os/file.hpp"
#include "support/temp_dir.hpp"

namespace wherry::logfile {

namespace {

std::string record_of(std::string_view text, std::int64_t seconds = 1, Stream stream = {}) {
    std::string out;
    const Piece piece{.text = text, .time = Time(std::chrono::seconds(seconds))};
    append_local_record(out, stream == Stream{} ? Stream::standard_output : stream, piece);
    return out;
}

std::string records(int first, int last) {
    std::string out;
    for (int number = first; number <= last; ++number) {
        out += record_of(std::to_string(number), number);
    }
    return out;
}

// As Docker 28.5.2 wrote a line "hi" of standard error.
TEST(LocalRecord, bytes_are_the_references) {
    std::string out;
    const Piece piece{.text = "hi", .time = Time(std::chrono::nanoseconds(1))};
    append_local_record(out, Stream::standard_error, piece);
    const std::string length("\0\0\0\x0e", 4);
    EXPECT_EQ(out, length + "\x0a\x06stderr\x10\x01\x1a\x02hi" + length);
}

TEST(LocalRecord, what_is_written_is_read) {
    Record record;
    const std::string whole = record_of("text", 7, Stream::standard_error);
    ASSERT_TRUE(parse_local_record(std::string_view(whole).substr(4, whole.size() - 8), record));
    EXPECT_EQ(record.log, "text\n");
    EXPECT_EQ(record.stream, Stream::standard_error);
    EXPECT_EQ(record.time, Time(std::chrono::seconds(7)));
    for (const bool last : {false, true}) {
        std::string part;
        append_local_record(part, Stream::standard_output,
                            {.text = "piece", .ends_line = last, .id = "abc", .ordinal = 2});
        ASSERT_TRUE(parse_local_record(std::string_view(part).substr(4, part.size() - 8), record));
        EXPECT_EQ(record.log, last ? "piece\n" : "piece");
    }
    for (std::size_t cut = 5; cut + 4 < whole.size(); ++cut) {
        (void)parse_local_record(std::string_view(whole).substr(4, cut - 4), record);
    }
    EXPECT_FALSE(parse_local_record("\x0a\xff", record));
}

TEST(PieceCutter, lines_come_whole_and_long_ones_in_pieces) {
    PieceCutter cutter;
    std::string told;
    const PieceCutter::Sink sink = [&](const Piece& piece) {
        told += text::format("{}{}{} ", piece.text.size(), piece.ends_line ? "" : "+",
                             piece.id.empty() ? 0U : piece.ordinal);
    };
    cutter.feed("one\ntw", Time{}, sink);
    cutter.feed("o\n\n", Time{}, sink);
    EXPECT_EQ(told, "30 30 00 ");
    told.clear();
    cutter.feed(std::string(40000, 'x') + "\n", Time{}, sink);
    cutter.feed("rest", Time{}, sink);
    cutter.finish(Time{}, sink);
    EXPECT_EQ(told, "16384+1 16384+2 72323 4+1 ");
}

class LocalLog : public ::testing::Test {
  protected:
    [[nodiscard]] std::string path() const { return dir_.path() + "/log"; }
    std::string read_all(ReadOptions options) {
        options.framing = Framing::lengths;
        auto reader = Reader::open(path(), std::move(options));
        EXPECT_TRUE(reader.ok());
        std::string out;
        Record record;
        while (reader->next(record).value()) {
            out += record.log.substr(0, record.log.size() - 1) + " ";
        }
        return out;
    }
    test::TempDir dir_;
};

TEST_F(LocalLog, is_read_from_both_ends) {
    ASSERT_TRUE(os::write_file(path() + ".1", records(1, 3)));
    ASSERT_TRUE(os::write_file(path(), records(4, 6)));
    EXPECT_EQ(read_all({.max_file = 2}), "1 2 3 4 5 6 ");
    EXPECT_EQ(read_all({.tail = 2, .max_file = 2}), "5 6 ");
    EXPECT_EQ(read_all({.tail = 4, .max_file = 2}), "3 4 5 6 ");
    EXPECT_EQ(read_all({.tail = 100, .max_file = 2}), "1 2 3 4 5 6 ");
    EXPECT_EQ(read_all({.tail = 0, .max_file = 2}), "");
    EXPECT_EQ(read_all({.since = Time(std::chrono::seconds(5)), .max_file = 2}), "5 6 ");
    EXPECT_EQ(read_all({.until = Time(std::chrono::seconds(2)), .max_file = 2}), "1 2 ");
}

TEST_F(LocalLog, rotates_between_records) {
    const std::size_t size = record_of("11").size();
    auto file = RotatingFile::open({.path = path(),
                                    .max_size = 3 * size,
                                    .max_file = 5,
                                    .framing = Framing::lengths,
                                    .compressed = true});
    ASSERT_TRUE(file);
    ASSERT_TRUE(file->write(records(10, 17)));
    EXPECT_EQ(os::read_file(path() + ".2").value(), records(10, 12));
    EXPECT_EQ(os::read_file(path() + ".1").value(), records(13, 15));
    EXPECT_EQ(os::read_file(path()).value(), records(16, 17));
    EXPECT_EQ(read_all({.max_file = 5}), "10 11 12 13 14 15 16 17 ");
}

TEST_F(LocalLog, a_writer_does_not_wait_for_who_compresses) {
    auto file = RotatingFile::open({.path = path(),
                                    .max_size = 10,
                                    .max_file = 3,
                                    .framing = Framing::lengths,
                                    .compressed = true});
    ASSERT_TRUE(file);
    ASSERT_TRUE(file->write(records(1, 1)));
    {
        const auto lock = lock_folder_of(path(), true);
        ASSERT_TRUE(lock);
        ASSERT_TRUE(file->write(records(2, 2)));
        EXPECT_FALSE(os::exists(path() + ".1"));
    }
    ASSERT_TRUE(file->write(records(3, 3)));
    EXPECT_EQ(os::read_file(path() + ".1").value(), records(1, 2));
    EXPECT_EQ(read_all({.max_file = 3}), "1 2 3 ");
}

TEST_F(LocalLog, a_reader_finds_its_place_after_its_file_was_compressed) {
    ASSERT_TRUE(os::write_file(path(), records(1, 2)));
    // "Compressed" here: the member that names the origin, and no others.
    ReadOptions options{.max_file = 4, .framing = Framing::lengths};
    options.open_compressed = [this](const std::string& name) {
        return os::open(name == path() + ".2.gz" ? path() + ".old" : name, O_RDONLY);
    };
    auto reader = Reader::open(path(), options);
    ASSERT_TRUE(reader);
    Record record;
    ASSERT_TRUE(reader->next(record).value());
    struct stat info{};
    ASSERT_EQ(::stat(path().c_str(), &info), 0);
    ASSERT_EQ(::rename(path().c_str(), (path() + ".old").c_str()), 0);
    ASSERT_TRUE(os::write_file(path() + ".2.gz", origin_member(info.st_ino)));
    EXPECT_EQ(origin_of(path() + ".2.gz"), info.st_ino);
    ASSERT_TRUE(os::write_file(path() + ".1", records(3, 3)));
    ASSERT_TRUE(os::write_file(path(), records(4, 4)));
    std::string rest;
    while (reader->next(record).value()) {
        rest += record.log;
    }
    EXPECT_EQ(rest, "2\n3\n4\n");
    EXPECT_FALSE(reader->take_gap());
}

}  // namespace

}  // namespace wherry::logfile
