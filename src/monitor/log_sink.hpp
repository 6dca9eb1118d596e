// Where the container's output is kept: one write a batch of lines. While the log's own file cannot
// be written (a full disk) its records wait, and the owner holds the container back; in
// non-blocking mode they are dropped and counted, and the container is never held up.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "codec/logfile/splitter.hpp"
#include "codec/wire/start.hpp"
#include "monitor/line_log.hpp"
#include "monitor/log_file.hpp"

namespace wherry::monitor {

class LogSink {
    /// The file in use, of either kind; null without one.
    [[nodiscard]] auto* kept(this auto& self) noexcept {
        if (self.lines_) {
            return self.lines_->file();
        }
        return self.file_ ? &*self.file_ : nullptr;
    }

  public:
    [[nodiscard]] Result<> open(const wire::LogPlan& plan, EventLoop& loop);
    void write(logfile::Stream stream, std::string_view bytes);
    /// A stream has ended: what is left of a line is logged.
    void finish(logfile::Stream stream);
    /// Records wait to be written: no more should come, and `retry` be called now and then.
    [[nodiscard]] bool waits() const noexcept { return kept() != nullptr && kept()->waits(); }
    void retry();
    /// Drops what waits.
    void give_up();
    /// Gives memory back.
    void shrink();
    [[nodiscard]] std::uint64_t lost_batches() const noexcept {
        return kept() == nullptr ? 0 : kept()->lost_batches();
    }

  private:
    [[nodiscard]] logfile::Splitter& splitter(logfile::Stream stream);

    std::optional<LineLog> lines_;  ///< of all drivers but json-file
    std::optional<LogFile> file_;
    std::optional<logfile::Splitter> standard_output_;
    std::optional<logfile::Splitter> standard_error_;
};

}  // namespace wherry::monitor
