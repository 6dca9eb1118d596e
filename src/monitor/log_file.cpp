#include "monitor/log_file.hpp"

#include "base/log.hpp"

namespace wherry::monitor {

Result<LogFile> LogFile::open(logfile::RotationPlan plan, WhenFull when_full) {
    TRY(auto file, logfile::RotatingFile::open(std::move(plan)));
    return LogFile(std::move(file), when_full);
}

void LogFile::flush() {
    if (batch_.empty()) {
        return;
    }
    const auto written = file_.write(batch_);
    if (!written && when_full_ == WhenFull::wait) {
        if (!waits_) {
            log::warn("log waits error=\"{}\"", written.error().message());
        }
        waits_ = true;
        batch_.erase(0, file_.taken());
        return;
    }
    waits_ = false;
    if (!written && lost_batches_++ == 0) {
        log::warn("log lost error=\"{}\"", written.error().message());
    }
    batch_.clear();
}

void LogFile::give_up() {
    if (waits_) {
        waits_ = false;
        ++lost_batches_;
        log::warn("log lost bytes={}", batch_.size());
        batch_.clear();
    }
}

}  // namespace wherry::monitor
