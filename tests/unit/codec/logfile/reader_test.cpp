#include "codec/logfile/reader.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

#include "codec/logfile/rotation.hpp"
#include "os/file.hpp"
#include "support/temp_dir.hpp"

namespace wherry::logfile {
namespace {

std::string line(int number) {
    return text::format(
        "{}{}{}", record_start, number,
        record_tail(Stream::standard_output, "", rfc3339_nano(Time(std::chrono::seconds(number)))));
}

std::string lines(int first, int last) {
    std::string out;
    for (int number = first; number <= last; ++number) {
        out += line(number);
    }
    return out;
}

class LogReader : public ::testing::Test {
  protected:
    [[nodiscard]] std::string path() const { return dir_.path() + "/log"; }
    void put(const std::string& name, const std::string& text) {
        ASSERT_TRUE(os::write_file(dir_.path() + "/" + name, text).ok());
    }
    Reader reader(ReadOptions options) {
        auto opened = Reader::open(path(), std::move(options));
        EXPECT_TRUE(opened.ok());
        return std::move(*opened);
    }
    static std::string drain(Reader& reader) {
        std::string out;
        Record record;
        while (true) {
            const auto more = reader.next(record);
            if (!more.ok() || !*more) {
                return out + (more.ok() ? "" : "error");
            }
            out += record.log + " ";
        }
    }

    test::TempDir dir_;
};

TEST_F(LogReader, reads_rotated_files_oldest_first) {
    put("log.2", lines(1, 2));
    put("log.1", lines(3, 4));
    put("log", lines(5, 6));
    auto all = reader({.max_file = 3});
    EXPECT_EQ(drain(all), "1 2 3 4 5 6 ");
}

// As it is in the middle of a rotation, when names move on between two looks.
TEST_F(LogReader, a_file_met_under_two_names_is_read_once) {
    put("log.2", lines(1, 2));
    put("log.1", lines(3, 4));
    ASSERT_EQ(::link((path() + ".2").c_str(), (path() + ".3").c_str()), 0);
    put("log", lines(5, 6));
    auto all = reader({.max_file = 4});
    EXPECT_EQ(drain(all), "1 2 3 4 5 6 ");
}

TEST_F(LogReader, tail_counts_across_files) {
    put("log.2", lines(1, 2));
    put("log.1", lines(3, 4));
    put("log", lines(5, 6) + "{\"log\":\"torn");
    const std::string expected[] = {"",         "6 ",         "5 6 ",         "4 5 6 ",
                                    "3 4 5 6 ", "2 3 4 5 6 ", "1 2 3 4 5 6 ", "1 2 3 4 5 6 "};
    for (std::uint64_t tail = 0; tail < std::size(expected); ++tail) {
        auto some = reader({.tail = tail, .max_file = 3});
        EXPECT_EQ(drain(some), expected[tail]) << tail;
    }
}

TEST_F(LogReader, tail_finds_lines_beyond_a_block) {
    put("log", lines(1, 5000));
    auto some = reader({.tail = 4000});
    EXPECT_EQ(drain(some).substr(0, 10), "1001 1002 ");
}

TEST_F(LogReader, since_and_until_are_inclusive) {
    put("log", lines(1, 9));
    auto some =
        reader({.since = Time(std::chrono::seconds(3)), .until = Time(std::chrono::seconds(5))});
    EXPECT_EQ(drain(some), "3 4 5 ");
    EXPECT_TRUE(some.ended());
}

TEST_F(LogReader, a_torn_line_is_waited_for) {
    put("log", line(1) + line(2).substr(0, 10));
    auto all = reader({});
    EXPECT_EQ(drain(all), "1 ");
    put("log", line(1) + line(2));
    EXPECT_EQ(drain(all), "2 ");
    EXPECT_EQ(all.damaged(), 0U);
}

TEST_F(LogReader, damaged_lines_are_skipped_and_counted) {
    put("log", line(1) + "garbage\n" + std::string(5, '\0') + "\n" + line(2));
    auto all = reader({});
    EXPECT_EQ(drain(all), "1 2 ");
    EXPECT_EQ(all.damaged(), 2U);
}

TEST_F(LogReader, a_log_may_come_later) {
    auto all = reader({});
    EXPECT_EQ(drain(all), "");
    put("log", line(1));
    EXPECT_EQ(drain(all), "1 ");
}

TEST_F(LogReader, follows_many_rotations_without_a_loss) {
    auto writer = RotatingFile::open({.path = path(), .max_size = 500, .max_file = 3});
    ASSERT_TRUE(writer.ok());
    auto follower = reader({.max_file = 3});
    std::string expected;
    std::string got;
    for (int number = 1; number <= 1000; ++number) {
        ASSERT_TRUE(writer->write(line(number)).ok());
        expected += std::to_string(number) + " ";
        if (number % 3 == 0) {
            got += drain(follower);
        }
    }
    got += drain(follower);
    EXPECT_EQ(got, expected);
    EXPECT_FALSE(follower.take_gap());
    EXPECT_FALSE(os::exists(path() + ".3"));
}

TEST_F(LogReader, one_file_is_replaced_and_still_followed) {
    auto writer = RotatingFile::open({.path = path(), .max_size = 100, .max_file = 1});
    ASSERT_TRUE(writer.ok());
    auto follower = reader({.max_file = 1});
    ASSERT_TRUE(writer->write(lines(1, 1)).ok());
    std::string got = drain(follower);
    for (int number = 2; number <= 50; ++number) {
        ASSERT_TRUE(writer->write(line(number)).ok());
        got += drain(follower);
    }
    EXPECT_TRUE(got.starts_with("1 2 3 4 "));
    EXPECT_TRUE(got.ends_with("49 50 "));
    EXPECT_FALSE(os::exists(path() + ".1"));
}

TEST_F(LogReader, a_reader_that_was_overtaken_is_told) {
    auto writer = RotatingFile::open({.path = path(), .max_size = 100, .max_file = 2});
    ASSERT_TRUE(writer.ok());
    ASSERT_TRUE(writer->write(line(1)).ok());
    auto follower = reader({.max_file = 2});
    EXPECT_EQ(drain(follower), "1 ");
    ASSERT_TRUE(writer->write(lines(2, 20)).ok());
    EXPECT_TRUE(drain(follower).ends_with("19 20 "));
    EXPECT_TRUE(follower.take_gap());
    EXPECT_FALSE(follower.take_gap());
}

TEST_F(LogReader, rotation_cuts_between_records) {
    auto writer = RotatingFile::open({.path = path(), .max_size = 200, .max_file = 100});
    ASSERT_TRUE(writer.ok());
    ASSERT_TRUE(writer->write(lines(1, 50)).ok());
    auto all = reader({.max_file = 100});
    const std::string got = drain(all);
    EXPECT_TRUE(got.starts_with("1 2 3 "));
    EXPECT_EQ(std::count(got.begin(), got.end(), ' '), 50);
    EXPECT_EQ(all.damaged(), 0U);
}

}  // namespace
}  // namespace wherry::logfile
