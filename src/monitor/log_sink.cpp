#include "monitor/log_sink.hpp"

namespace wherry::monitor {

using logfile::Stream;

Result<> LogSink::open(const wire::LogPlan& plan, EventLoop& loop) {
    if (plan.driver == wire::LogDriver::none) {
        return {};
    }
    if (plan.driver != wire::LogDriver::json_file) {
        return lines_.emplace().open(plan, loop);
    }
    TRY(auto file,
        LogFile::open({.path = plan.path,
                       .max_size = plan.max_size,
                       .max_file = plan.max_file,
                       .compressed = plan.compress},
                      plan.non_blocking ? LogFile::WhenFull::drop : LogFile::WhenFull::wait));
    file_ = std::move(file);
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
        splitter(stream).feed(file_->batch(), bytes, rfc3339_nano(now()));
        file_->flush();
    }
}

void LogSink::finish(Stream stream) {
    if (lines_) {
        lines_->finish(stream);
    } else if (file_) {
        splitter(stream).finish(file_->batch(), rfc3339_nano(now()));
        file_->flush();
    }
}

void LogSink::retry() {
    if (LogFile* file = kept(); file != nullptr) {
        file->flush();
    }
}

void LogSink::give_up() {
    if (LogFile* file = kept(); file != nullptr) {
        file->give_up();
    }
}

void LogSink::shrink() {
    if (lines_) {
        lines_->shrink();
    } else if (file_) {
        file_->shrink();
    }
}

}  // namespace wherry::monitor
