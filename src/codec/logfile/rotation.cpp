#include "codec/logfile/rotation.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "codec/logfile/compressed.hpp"
#include "codec/logfile/local_record.hpp"
#include "os/file.hpp"
#include "os/syscall.hpp"

namespace wherry::logfile {

Result<RotatingFile> RotatingFile::open(RotationPlan plan) {
    RotatingFile file(std::move(plan));
    CHECK_OK(file.open_current(0));
    return file;
}

Result<> RotatingFile::open_current(int more_flags) {
    const int flags = O_WRONLY | O_APPEND | O_CREAT | more_flags;
    TRY(fd_, os::open(plan_.path, flags, 0640));
    struct stat info{};
    CHECK_OK(os::checked("fstat", plan_.path, [&] { return ::fstat(fd_.get(), &info); }));
    size_ = static_cast<std::uint64_t>(info.st_size);
    return {};
}

// A new file is made under the log's name only after the old one has another name (or none), so a
// reader tells them apart by inode.
Result<> RotatingFile::rotate() {
    if (moved_) {
        CHECK_OK(open_current(O_EXCL));
        moved_ = false;
        return {};
    }
    const auto name = [this](unsigned index) {
        return index == 0 ? plan_.path : text::format("{}.{}", plan_.path, index);
    };
    os::UniqueFd lock;
    if (plan_.compressed) {
        auto locked = lock_folder_of(plan_.path, false);
        if (!locked && locked.error().os_error() == EAGAIN) {
            return {};  // the writer waits for nobody: the file gets longer, the next write rotates
        }
        if (!locked) {
            return std::move(locked).error();
        }
        lock = *std::move(locked);
    }
    if (plan_.max_file < 2) {
        CHECK_OK(os::remove_file(plan_.path));
    }
    for (unsigned index = plan_.max_file - 1; index > 0 && plan_.max_file > 1; --index) {
        const std::string from = name(index - 1);
        const std::string to = name(index);
        CHECK_OK(os::remove_file(to + ".gz"));
        if (index > 1 && ::rename((from + ".gz").c_str(), (to + ".gz").c_str()) != 0 &&
            errno != ENOENT) {
            return os::last_failure("rename", from + ".gz");
        }
        if (::rename(from.c_str(), to.c_str()) != 0 && errno != ENOENT) {
            return os::last_failure("rename", from);
        }
    }
    moved_ = true;
    CHECK_OK(open_current(O_EXCL));
    moved_ = false;
    return {};
}

std::size_t RotatingFile::up_to_limit(std::string_view records) const {
    const std::uint64_t room = plan_.max_size - size_;
    if (plan_.framing == Framing::lines) {
        const auto newline = records.find('\n', room - 1);
        return newline == std::string_view::npos ? records.size() : newline + 1;
    }
    std::size_t end = 0;
    while (end < room) {
        const auto length = record_length(records.substr(end));
        if (!length || *length + 2 * length_bytes >= records.size() - end) {
            return records.size();
        }
        end += *length + 2 * length_bytes;
    }
    return end;
}

Result<> RotatingFile::write(std::string_view records) {
    taken_ = 0;
    while (!records.empty()) {
        if (plan_.max_size != 0 && size_ >= plan_.max_size) {
            CHECK_OK(rotate());
        }
        std::size_t take = records.size();
        if (plan_.max_size > size_ && take > plan_.max_size - size_) {
            take = up_to_limit(records);
        }
        auto written = os::write_all(fd_.get(), records.substr(0, take));
        if (!written) {
            // No torn record stays (a full disk): what fits later follows a whole line.
            (void)os::retry([&] { return ::ftruncate(fd_.get(), static_cast<off_t>(size_)); });
            return written;
        }
        size_ += take;
        taken_ += take;
        records.remove_prefix(take);
    }
    return {};
}

}  // namespace wherry::logfile
