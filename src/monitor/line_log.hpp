// The log of drivers that take lines: `local` (a file), syslog and journald (a socket, and a copy
// in a local file that can be read back: that one holds nobody up).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "codec/logfile/pieces.hpp"
#include "codec/logfile/record.hpp"
#include "codec/wire/start.hpp"
#include "monitor/log_file.hpp"
#include "monitor/remote_log.hpp"

namespace wherry::monitor {

class LineLog {
  public:
    [[nodiscard]] Result<> open(const wire::LogPlan& plan, EventLoop& loop);
    void write(logfile::Stream stream, std::string_view bytes);
    void finish(logfile::Stream stream);
    void shrink();
    /// Null without one.
    [[nodiscard]] auto* file(this auto& self) noexcept {
        return self.file_ ? &*self.file_ : nullptr;
    }

  private:
    [[nodiscard]] logfile::PieceCutter& cutter(logfile::Stream stream);
    void take(logfile::Stream stream, const logfile::Piece& piece);
    void flush();

    std::optional<LogFile> file_;
    std::optional<RemoteLog> remote_;
    logfile::PieceCutter standard_output_;
    logfile::PieceCutter standard_error_;
};

}  // namespace wherry::monitor
