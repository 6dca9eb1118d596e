// Past and coming output from a container's log file: chosen on a pool thread in large blocks,
// written by the loop, so that a slow reader holds up itself alone.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "codec/logfile/reader.hpp"
#include "engine/containers/container.hpp"
#include "engine/containers/log_options.hpp"
#include "net/async/stream.hpp"
#include "net/http/blocking_body.hpp"

namespace wherry::containers {

class Containers;

/// What an answer's records look like: bytes, or JSON objects a line, or with RS in front of each.
enum class LogForm { bytes, json_lines, json_sequence };

struct LogQuery {
    bool standard_output = false;
    bool standard_error = false;
    bool follow = false;
    bool timestamps = false;
    bool details = false;
    bool raw = false;  ///< without frames, terminal or not
    LogForm form = LogForm::bytes;
    std::optional<std::uint64_t> tail;
    std::optional<Time> since;
    std::optional<Time> until;
};

/// How records become the bytes of an answer.
class LogFormatter {
  public:
    /// JSON goes without frames in any case.
    LogFormatter(const LogQuery& query, bool framed) : query_(query), framed_(framed) {}
    /// Appends the record, or nothing where it was not asked for.
    void append(std::string& out, const logfile::Record& record) const;
    /// Says that rotation removed records before they were read.
    void append_gap(std::string& out) const;
    /// Says what stopped the reading; nothing where there is no place for it.
    void append_failure(std::string& out, std::string_view text) const;

  private:
    void append_json(std::string& out, const logfile::Record& record) const;
    void append_error(std::string& out, std::string_view text) const;

    LogQuery query_;
    bool framed_;
};

/// "k=v,k=v " of a record's attributes, by key and url-encoded; "" without any.
[[nodiscard]] std::string details_of(std::string_view attributes);

using WriteBlock = std::function<Task<Result<>>(std::string_view)>;

/// Writes what the query asks for; with `follow` until the container ends or is removed.
/// 501 for a driver that cannot be read.
[[nodiscard]] Task<Result<>> write_logs(Containers& containers, ContainerPtr container,
                                        LogQuery query, WriteBlock write);
/// Past output alone, blocking: what is needed of the container, by value, and then the writing,
/// for a pool thread.
struct PastLogs {
    LogSource source;
    LogQuery query;
    bool framed = false;
};
/// 501 for a driver that cannot be read.
[[nodiscard]] Result<PastLogs> plan_past_logs(const Containers& containers,
                                              const Container& container, LogQuery query);
[[nodiscard]] Result<> write_past_logs(const PastLogs& plan, http::BlockingWriter& out);
/// All of the log, for an attach that asks for it.
[[nodiscard]] Task<Result<>> replay_logs(Containers& containers, ContainerPtr container,
                                         LogQuery query, async::Stream& stream);

}  // namespace wherry::containers
