// Lines to a syslog server or to journald. Messages wait in a bounded queue while the other side
// does not take them; past its end they are dropped and counted. A lost connection is made anew.
#pragma once

#include <cstdint>
#include <deque>
#include <string>

#include "base/result.hpp"
#include "codec/logfile/pieces.hpp"
#include "codec/logfile/record.hpp"
#include "codec/wire/start.hpp"
#include "monitor/event_loop.hpp"
#include "os/unique_fd.hpp"

namespace wherry::monitor {

/// What is sent for one line, newline included (syslog), or the datagram (journald).
[[nodiscard]] std::string syslog_message(const wire::LogPlan& plan, logfile::Stream stream,
                                         const logfile::Piece& piece);
[[nodiscard]] std::string journal_message(const wire::LogPlan& plan, logfile::Stream stream,
                                          const logfile::Piece& piece);

class RemoteLog {
  public:
    explicit RemoteLog(EventLoop& loop) : loop_(loop) {}
    RemoteLog(const RemoteLog&) = delete;
    RemoteLog& operator=(const RemoteLog&) = delete;
    ~RemoteLog();

    /// Connects, waiting for a TCP server a few seconds; a server that refuses is an error here,
    /// and later on a reason to try again.
    [[nodiscard]] Result<> open(const wire::LogPlan& plan);
    void send(logfile::Stream stream, const logfile::Piece& piece);

  private:
    [[nodiscard]] Result<> connect();
    [[nodiscard]] Error refused(int code) const;
    void flush();
    void watch();
    void lose_connection();

    EventLoop& loop_;
    wire::LogPlan plan_;
    os::UniqueFd socket_;
    bool stream_ = false;  ///< TCP or a unix stream: messages may be sent in parts
    std::deque<std::string> queue_;
    std::size_t queued_bytes_ = 0;
    std::size_t sent_of_first_ = 0;
    std::uint64_t dropped_ = 0;
    EventLoop::TimerId retry_ = 0;
};

}  // namespace wherry::monitor
