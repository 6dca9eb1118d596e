#include "codec/logfile/reader.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "codec/logfile/compressed.hpp"
#include "codec/logfile/local_record.hpp"
#include "os/file.hpp"
#include "os/syscall.hpp"

namespace wherry::logfile {

namespace {

constexpr std::size_t read_size = 128 * 1024;
/// No record is longer: 16 KiB of text, six bytes each when escaped, and attributes.
constexpr std::size_t line_limit = 4 * 1024 * 1024;

}  // namespace

Result<Reader> Reader::open(std::string path, ReadOptions options) {
    Reader reader(std::move(path), std::move(options));
    CHECK_OK(reader.open_chain());
    if (reader.options_.tail) {
        CHECK_OK(reader.seek_tail(*reader.options_.tail));
    }
    return reader;
}

std::string Reader::rotated(unsigned index) const {
    return index == 0 ? path_ : text::format("{}.{}", path_, index);
}

Result<std::optional<Reader::File>> Reader::open_file(const std::string& path) const {
    auto fd = os::open(path, O_RDONLY);
    if (!fd) {
        if (fd.error().os_error() == ENOENT) {
            return std::optional<File>();
        }
        return std::move(fd).error();
    }
    struct stat info{};
    CHECK_OK(os::checked("fstat", path, [&] { return ::fstat(fd->get(), &info); }));
    return std::optional<File>(File{*std::move(fd), info.st_dev, info.st_ino});
}

Result<std::optional<Reader::File>> Reader::open_rotated(unsigned index) const {
    TRY(auto plain, open_file(rotated(index)));
    if (plain || index == 0 || !options_.open_compressed) {
        return plain;
    }
    const std::string packed = rotated(index) + ".gz";
    if (!os::exists(packed)) {
        return plain;
    }
    const auto origin = origin_of(packed);
    auto opened = options_.open_compressed(packed);
    struct stat info{};
    if (::stat(packed.c_str(), &info) != 0 || (!opened && opened.error().os_error() == ENOENT) ||
        origin_of(packed) != origin) {
        return plain;  // renamed meanwhile
    }
    TRY(os::UniqueFd fd, std::move(opened));
    return std::optional<File>(File{.fd = std::move(fd),
                                    .device = info.st_dev,
                                    .inode = origin.value_or(info.st_ino),
                                    .packed = true});
}

Result<> Reader::open_chain() {
    constexpr int attempts = 50;
    for (int attempt = 0; attempt < attempts; ++attempt) {
        std::deque<File> chain;
        for (unsigned index = 0; index < std::max(1U, options_.max_file) + 1; ++index) {
            TRY(auto file, open_rotated(index));
            // In the middle of a rotation one file is met under its old name and its new one.
            const bool again = file && !chain.empty() && chain.front().inode == file->inode &&
                               chain.front().device == file->device;
            if (file && !again) {
                chain.push_front(*std::move(file));
            }
        }
        // Only if no rotation was completed meanwhile are they all there.
        struct stat info{};
        const bool there = ::stat(path_.c_str(), &info) == 0;
        const bool newest = !chain.empty() && there && info.st_ino == chain.back().inode &&
                            info.st_dev == chain.back().device;
        if (newest || (chain.empty() && !there)) {
            newer_ = std::move(chain);
            return {};
        }
    }
    // They are rotated faster than they can be opened: what comes from now on.
    gap_ = true;
    TRY(auto file, open_file(path_));
    newer_.clear();
    if (file) {
        newer_.push_back(*std::move(file));
    }
    return {};
}

Result<> Reader::seek_tail(std::uint64_t records) {
    for (std::size_t index = newer_.size(); index-- > 0;) {
        File& file = newer_[index];
        struct stat info{};
        CHECK_OK(os::checked("fstat", path_, [&] { return ::fstat(file.fd.get(), &info); }));
        const auto find = options_.framing == Framing::lines ? find_tail : find_local_tail;
        TRY(const TailPosition position, find(file.fd.get(), info.st_size, records));
        file.offset = position.offset;
        records -= position.records;
        if (records == 0) {
            newer_.erase(newer_.begin(), newer_.begin() + static_cast<std::ptrdiff_t>(index));
            break;
        }
    }
    return {};
}

void Reader::start_file(File file) {
    file_ = std::move(file);
    buffer_.clear();
    position_ = 0;
    searched_ = 0;
    rotation_seen_ = false;
}

std::optional<std::string_view> Reader::take_line() {
    const std::size_t newline = buffer_.find('\n', searched_);
    if (newline == std::string::npos) {
        searched_ = buffer_.size();
        return std::nullopt;
    }
    const auto line = std::string_view(buffer_).substr(position_, newline - position_);
    position_ = newline + 1;
    searched_ = position_;
    return line;
}

/// A local record: between two copies of its length. After a damaged one the rest of the file
/// makes no sense, and is left out.
std::optional<std::string_view> Reader::take_message() {
    const auto bytes = std::string_view(buffer_).substr(position_);
    const auto length = record_length(bytes);
    if (!length) {
        return std::nullopt;
    }
    if (*length > line_limit) {
        position_ = buffer_.size();
        ++damaged_;
        return std::nullopt;
    }
    if (bytes.size() < *length + 2 * length_bytes) {
        return std::nullopt;
    }
    position_ += *length + 2 * length_bytes;
    return bytes.substr(length_bytes, *length);
}

std::optional<std::string_view> Reader::take() {
    return options_.framing == Framing::lines ? take_line() : take_message();
}

bool Reader::parse(std::string_view text, Record& record) const {
    return options_.framing == Framing::lines ? parse_record(text, record)
                                              : parse_local_record(text, record);
}

Result<bool> Reader::next(Record& record) {
    while (!ended_) {
        const auto text = take();
        if (!text) {
            TRY(const bool more, fill());
            if (!more) {
                return false;
            }
            continue;
        }
        if (!parse(*text, record)) {
            ++damaged_;
        } else if (options_.until && record.time > *options_.until) {
            ended_ = true;
        } else if (!options_.since || record.time >= *options_.since) {
            return true;
        }
    }
    return false;
}

/// Reads more of the current file, or of the next one.
Result<bool> Reader::fill() {
    if (!file_) {
        return next_file();
    }
    buffer_.erase(0, position_);
    searched_ -= std::min(searched_, position_);
    position_ = 0;
    if (buffer_.size() > line_limit) {
        buffer_.clear();
        searched_ = 0;
        ++damaged_;
    }
    const std::size_t before = buffer_.size();
    buffer_.resize(before + read_size);
    const auto got = os::checked("read", path_, [&] {
        return ::pread(file_->fd.get(), buffer_.data() + before, read_size, file_->offset);
    });
    buffer_.resize(before + (got ? static_cast<std::size_t>(*got) : 0));
    if (!got) {
        return got.error();
    }
    file_->offset += *got;
    return *got > 0 ? Result<bool>(true) : next_file();
}

Result<bool> Reader::next_file() {
    if (!newer_.empty()) {
        File next = std::move(newer_.front());
        newer_.pop_front();
        start_file(std::move(next));
        return true;
    }
    if (file_) {
        return follow_rotation();
    }
    TRY(auto file, open_file(path_));
    if (!file) {
        return false;
    }
    start_file(*std::move(file));
    return true;
}

/// At the end of the newest file known: has it been rotated away, and what comes after it?
Result<bool> Reader::follow_rotation() {
    const auto is_mine = [this](const std::string& path, struct stat& info) {
        return !file_->packed && ::stat(path.c_str(), &info) == 0 && info.st_ino == file_->inode &&
               info.st_dev == file_->device;
    };
    struct stat info{};
    if (is_mine(path_, info)) {
        if (info.st_size < file_->offset) {  // cut by somebody
            gap_ = true;
            file_->offset = 0;
            buffer_.clear();
            position_ = searched_ = 0;
            return true;
        }
        return false;
    }
    if (!os::exists(path_)) {
        return false;
    }
    if (!rotation_seen_) {  // what was written before the rotation may not have been read yet
        rotation_seen_ = true;
        return fill();
    }
    return open_after_mine();
}

Result<bool> Reader::open_after_mine() {
    // Names move on while one looks: what was opened counts only if mine is still where it was.
    const auto find_mine = [this]() -> std::optional<unsigned> {
        for (unsigned index = 1; index <= std::max(1U, options_.max_file); ++index) {
            struct stat info{};
            if (!file_->packed && ::stat(rotated(index).c_str(), &info) == 0 &&
                info.st_ino == file_->inode && info.st_dev == file_->device) {
                return index;
            }
            if (options_.open_compressed && origin_of(rotated(index) + ".gz") == file_->inode) {
                return index;
            }
        }
        return std::nullopt;
    };
    while (true) {
        const auto mine = find_mine();
        if (!mine) {
            break;
        }
        TRY(auto file, open_rotated(*mine - 1));
        if (!file) {
            return false;  // between two renames
        }
        if (find_mine() == mine) {
            start_file(*std::move(file));
            return true;
        }
    }
    gap_ = options_.max_file > 1;
    file_.reset();
    CHECK_OK(open_chain());
    return next_file();
}

}  // namespace wherry::logfile
