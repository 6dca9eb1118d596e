#include "monitor/line_log.hpp"

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
        const bool waits = local && !plan.non_blocking;
        TRY(auto file, LogFile::open({.path = plan.path,
                                      .max_size = plan.max_size,
                                      .max_file = plan.max_file,
                                      .framing = logfile::Framing::lengths,
                                      .compressed = plan.compress},
                                     waits ? LogFile::WhenFull::wait : LogFile::WhenFull::drop));
        file_ = std::move(file);
    }
    return local ? Result<>() : remote_.emplace(loop).open(plan);
}

logfile::PieceCutter& LineLog::cutter(Stream stream) {
    return stream == Stream::standard_output ? standard_output_ : standard_error_;
}

void LineLog::take(Stream stream, const logfile::Piece& piece) {
    if (file_) {
        logfile::append_local_record(file_->batch(), stream, piece);
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
    if (file_) {
        file_->flush();
    }
}

void LineLog::shrink() {
    if (file_) {
        file_->shrink();
    }
    standard_output_.shrink();
    standard_error_.shrink();
}

}  // namespace wherry::monitor
