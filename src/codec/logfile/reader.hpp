// Reads a json-file or local log and its rotated files (NAME.1 is the newest of them), in order,
// also while it is being written and rotated. Blocks on the disk only: use it on a pool thread.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "codec/logfile/record.hpp"
#include "codec/logfile/rotation.hpp"
#include "os/unique_fd.hpp"

namespace wherry::logfile {

struct ReadOptions {
    std::optional<std::uint64_t> tail;  ///< the last records only, counted before the filters
    std::optional<Time> since;          ///< records before it are left out
    std::optional<Time> until;          ///< the first record after it ends the reading
    unsigned max_file = 1;              ///< of the container's log, rotated ones included
    Framing framing = Framing::lines;   ///< lengths: a local log
    /// Opens NAME.N.gz as plain bytes (seekable); without it compressed files are left out.
    std::function<Result<os::UniqueFd>(const std::string& path)> open_compressed;
};

class Reader {
  public:
    /// A log that does not exist yet is an empty one.
    [[nodiscard]] static Result<Reader> open(std::string path, ReadOptions options);

    /// The next record; false if there is no whole one now (ask again when the file has grown: a
    /// torn last line is waited for). After `ended` there will be none.
    [[nodiscard]] Result<bool> next(Record& record);
    /// A record past `until` was met.
    [[nodiscard]] bool ended() const noexcept { return ended_; }
    /// Records were lost, since rotation removed a file before it was read. Told once.
    [[nodiscard]] bool take_gap() noexcept { return std::exchange(gap_, false); }
    /// Lines that were no records, so far.
    [[nodiscard]] std::uint64_t damaged() const noexcept { return damaged_; }

  private:
    struct File {
        os::UniqueFd fd;
        dev_t device = 0;
        ino_t inode = 0;
        off_t offset = 0;
        bool packed =
            false;  ///< plain bytes of a compressed one, whose inode may be another's by now
    };

    Reader(std::string path, ReadOptions options)
        : path_(std::move(path)), options_(std::move(options)) {}

    [[nodiscard]] std::string rotated(unsigned index) const;
    [[nodiscard]] Result<std::optional<File>> open_file(const std::string& path) const;
    [[nodiscard]] Result<std::optional<File>> open_rotated(unsigned index) const;
    [[nodiscard]] Result<> open_chain();
    [[nodiscard]] Result<> seek_tail(std::uint64_t records);
    [[nodiscard]] Result<bool> fill();
    [[nodiscard]] Result<bool> next_file();
    [[nodiscard]] Result<bool> follow_rotation();
    [[nodiscard]] Result<bool> open_after_mine();
    /// The next whole record's text, without what parts it from others.
    [[nodiscard]] std::optional<std::string_view> take();
    [[nodiscard]] std::optional<std::string_view> take_line();
    [[nodiscard]] std::optional<std::string_view> take_message();
    [[nodiscard]] bool parse(std::string_view text, Record& record) const;
    void start_file(File file);

    std::string path_;
    ReadOptions options_;
    std::optional<File> file_;
    std::deque<File> newer_;  // opened, to be read after file_
    std::string buffer_;      // read from file_, from position_ on not yet used
    std::size_t position_ = 0;
    std::size_t searched_ = 0;  // no newline between position_ and here
    bool rotation_seen_ = false;
    bool gap_ = false;
    bool ended_ = false;
    std::uint64_t damaged_ = 0;
};

/// The offset at which the last `records` lines of the file start, and how many of them it has. A
/// torn last line is not counted.
struct TailPosition {
    off_t offset = 0;
    std::uint64_t records = 0;
};
[[nodiscard]] Result<TailPosition> find_tail(int fd, off_t size, std::uint64_t records);
/// The same in a local log; a damaged end counts as no records.
[[nodiscard]] Result<TailPosition> find_local_tail(int fd, off_t size, std::uint64_t records);

}  // namespace wherry::logfile
