#include "monitor/spool.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

#include "os/file.hpp"
#include "os/syscall.hpp"

namespace wherry::monitor {

namespace {

constexpr std::size_t memory_limit = 512 * 1024;
constexpr std::size_t refill_size = 128 * 1024;
constexpr off_t file_limit = 1LL << 30;

}  // namespace

bool Spool::full() const noexcept {
    return written_ - read_ >= file_limit || !overflow_.empty() ||
           (no_file_ && memory_.size() - taken_ >= memory_limit);
}

void Spool::append(std::string_view bytes) {
    const bool in_file = written_ > read_;
    const bool too_much = memory_.size() - taken_ + bytes.size() > memory_limit;
    if (overflow_.empty() && (in_file || too_much) && write_file(bytes)) {
        return;
    }
    // `full` holds back the source now, so that memory is bounded.
    (in_file || !overflow_.empty() ? overflow_ : memory_).append(bytes);
}

bool Spool::write_file(std::string_view bytes) {
    if (!file_ && !no_file_) {
        auto made = os::open(*folder_, O_RDWR | O_TMPFILE, 0600);
        no_file_ = !made;
        file_ = made ? *std::move(made) : os::UniqueFd();
    }
    if (no_file_) {
        return false;
    }
    off_t at = written_;
    while (!bytes.empty()) {
        const auto put =
            os::retry([&] { return ::pwrite(file_.get(), bytes.data(), bytes.size(), at); });
        if (put <= 0) {
            no_file_ = true;  // a full disk
            return false;
        }
        at += put;
        bytes.remove_prefix(static_cast<std::size_t>(put));
    }
    written_ = at;
    return true;
}

/// Takes from the file into memory, then what follows the file.
void Spool::refill() {
    memory_.erase(0, taken_);
    taken_ = 0;
    while (read_ < written_ && memory_.size() < refill_size) {
        const auto before = memory_.size();
        const auto want =
            std::min<std::size_t>(refill_size, static_cast<std::size_t>(written_ - read_));
        memory_.resize(before + want);
        const auto got =
            os::retry([&] { return ::pread(file_.get(), memory_.data() + before, want, read_); });
        memory_.resize(before + (got > 0 ? static_cast<std::size_t>(got) : 0));
        if (got <= 0) {
            break;
        }
        read_ += got;
    }
    if (read_ == written_ && written_ != 0) {
        read_ = written_ = 0;
        (void)os::retry([&] { return ::ftruncate(file_.get(), 0); });
    }
    if (read_ == written_) {
        memory_.append(overflow_);
        overflow_ = std::string();
    }
}

std::string_view Spool::front() {
    if (taken_ == memory_.size() && (written_ > read_ || !overflow_.empty())) {
        refill();
    }
    return std::string_view(memory_).substr(taken_);
}

void Spool::pop(std::size_t count) {
    taken_ += count;
    if (taken_ == memory_.size()) {
        memory_.clear();
        taken_ = 0;
        if (memory_.capacity() > 4096) {
            memory_.shrink_to_fit();
        }
    } else if (taken_ > memory_limit) {
        memory_.erase(0, taken_);
        taken_ = 0;
    }
}

}  // namespace wherry::monitor
