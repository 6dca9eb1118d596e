#include "monitor/line_log.hpp"

#include "base/log.hpp"
#include "codec/logfile/local_record.hpp"
#include "os/file.hpp"

namespace wherry::monitor {

using logfile::Stream;

Result<> LineLog::open(const wire::LogPlan& plan, EventLoop& loop) {
    const bool local = plan.driver == wire::LogDriver::local;
    if (!local && plan.driver != wire::LogDriver::syslog &&
        plan.driver != wire::LogDriver::journald) {
        return fail(ErrorKind::unsupported, "log driver {} is not built",
                    static_cast<unsigned>(plan.driver));
    }
    if (!plan.path.empty()) {
        CHECK_OK(os::make_dirs(plan.path.substr(0, plan.path.rfind('/')), 0700));
        TRY(auto file, logfile::RotatingFile::open({.path = plan.path,
                                                    .max_size = plan.max_size,
                                                    .max_file = plan.max_file,
                                                    .framing = logfile::Framing::lengths,
                                                    .compressed = plan.compress}));
        file_ = std::move(file);
    }
    return local ? Result<>() : remote_.emplace(loop).open(plan);
}

logfile::PieceCutter& LineLog::cutter(Stream stream) {
    return stream == Stream::standard_output ? standard_output_ : standard_error_;
}

void LineLog::take(Stream stream, const logfile::Piece& piece) {
    if (file_) {
        logfile::append_local_record(batch_, stream, piece);
    }
    if (remote_) {
        remote_->send(stream, piece);
    }
}

void LineLog::write(Stream stream, std::string_view bytes) {
    cutter(stream).feed(bytes, now(), [&](const logfile::Piece& piece) { take(stream, piece); });
    flush();
}

void LineLog::finish(Stream stream) {
    cutter(stream).finish(now(), [&](const logfile::Piece& piece) { take(stream, piece); });
    flush();
}

void LineLog::flush() {
    if (batch_.empty()) {
        return;
    }
    const auto written = file_->write(batch_);
    if (!written && lost_batches_++ == 0) {
        log::warn("log lost error=\"{}\"", written.error().message());
    }
    batch_.clear();
}

void LineLog::shrink() {
    batch_.shrink_to_fit();
    standard_output_.shrink();
    standard_error_.shrink();
}

}  // namespace wherry::monitor
