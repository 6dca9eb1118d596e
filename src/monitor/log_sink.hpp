// Where the container's output is kept: one write a batch of lines. While the log cannot be written
// (a full disk) its records wait, and the owner holds the container back; in non-blocking mode they
// are dropped and counted, whole ones, and the container is never held up.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "codec/logfile/rotation.hpp"
#include "codec/logfile/splitter.hpp"
#include "codec/wire/start.hpp"
#include "monitor/line_log.hpp"

namespace wherry::monitor {

class LogSink {
  public:
    [[nodiscard]] Result<> open(const wire::LogPlan& plan, EventLoop& loop);
    void write(logfile::Stream stream, std::string_view bytes);
    /// A stream has ended: what is left of a line is logged.
    void finish(logfile::Stream stream);
    /// Records wait to be written: no more should come, and `retry` be called now and then.
    [[nodiscard]] bool waits() const noexcept { return waits_; }
    void retry() { flush(); }
    /// Drops what waits.
    void give_up();
    /// Gives memory back.
    void shrink();
    [[nodiscard]] std::uint64_t lost_batches() const noexcept { return lost_batches_; }

  private:
    [[nodiscard]] logfile::Splitter& splitter(logfile::Stream stream);
    void flush();

    std::optional<LineLog> lines_;  ///< of all drivers but json-file
    std::optional<logfile::RotatingFile> file_;
    std::optional<logfile::Splitter> standard_output_;
    std::optional<logfile::Splitter> standard_error_;
    std::string batch_;
    std::uint64_t lost_batches_ = 0;
    bool non_blocking_ = false;
    bool waits_ = false;
};

}  // namespace wherry::monitor
