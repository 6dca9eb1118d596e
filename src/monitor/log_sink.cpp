#include "monitor/log_sink.hpp"

#include "base/log.hpp"

namespace wherry::monitor {

using logfile::Stream;

Result<> LogSink::open(const wire::LogPlan& plan, EventLoop& loop) {
    if (plan.driver == wire::LogDriver::none) {
        return {};
    }
    if (plan.driver != wire::LogDriver::json_file) {
        return lines_.emplace().open(plan, loop);
    }
    TRY(auto file, logfile::RotatingFile::open({.path = plan.path,
                                                .max_size = plan.max_size,
                                                .max_file = plan.max_file,
                                                .compressed = plan.compress}));
    file_ = std::move(file);
    non_blocking_ = plan.non_blocking;
    standard_output_.emplace(Stream::standard_output, plan.attributes);
    standard_error_.emplace(Stream::standard_error, plan.attributes);
    return {};
}

logfile::Splitter& LogSink::splitter(Stream stream) {
    return stream == Stream::standard_output ? *standard_output_ : *standard_error_;
}

void LogSink::write(Stream stream, std::string_view bytes) {
    if (lines_) {
        lines_->write(stream, bytes);
    } else if (file_) {
        splitter(stream).feed(batch_, bytes, rfc3339_nano(now()));
        flush();
    }
}

void LogSink::finish(Stream stream) {
    if (lines_) {
        lines_->finish(stream);
    } else if (file_) {
        splitter(stream).finish(batch_, rfc3339_nano(now()));
        flush();
    }
}

void LogSink::flush() {
    if (batch_.empty()) {
        return;
    }
    const auto written = file_->write(batch_);
    if (!written && !non_blocking_) {
        if (!waits_) {
            log::warn("log waits error=\"{}\"", written.error().message());
        }
        waits_ = true;
        batch_.erase(0, file_->taken());
        return;
    }
    waits_ = false;
    if (!written && lost_batches_++ == 0) {
        log::warn("log lost error=\"{}\"", written.error().message());
    }
    batch_.clear();
}

void LogSink::give_up() {
    if (waits_) {
        waits_ = false;
        ++lost_batches_;
        log::warn("log lost bytes={}", batch_.size());
        batch_.clear();
    }
}

void LogSink::shrink() {
    batch_.shrink_to_fit();
    if (lines_) {
        lines_->shrink();
    }
}

}  // namespace wherry::monitor
