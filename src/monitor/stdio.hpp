// The payload's standard streams: pipes or a terminal on one side, the log and the attached clients
// on the other.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "monitor/attachment.hpp"
#include "monitor/event_loop.hpp"
#include "monitor/log_sink.hpp"

namespace wherry::monitor {

struct StdioPlan {
    bool terminal = false;
    bool open_stdin = false;
    bool stdin_once = false;  ///< the payload's stdin ends with its client's
    bool discards = false;    ///< without a terminal: nobody wants its output
    unsigned height = 0;      ///< of the terminal
    unsigned width = 0;
    wire::LogPlan log;
    std::string spool_folder;  ///< where output waits for slow clients
};
[[nodiscard]] StdioPlan stdio_plan(const wire::StartRequest& request);
/// Beside the log, since the run's folder may be in memory.
[[nodiscard]] std::string spool_folder(const wire::StartRequest& request);

class Stdio {
  public:
    using AttachEnded = std::function<void(std::uint32_t attach_id, wire::AttachEndReason reason)>;

    Stdio(EventLoop& loop, AttachEnded attach_ended);
    Stdio(const Stdio&) = delete;
    Stdio& operator=(const Stdio&) = delete;
    ~Stdio();

    /// What the runtime gets as its streams 0, 1 and 2; close them once it was started.
    struct ChildEnds {
        std::array<os::UniqueFd, 3> fds;
    };
    /// Opens the log and makes the pipes (with a terminal: /dev/null, the console comes later).
    [[nodiscard]] Result<ChildEnds> prepare(const StdioPlan& plan);
    /// The terminal's master, from the runtime's console socket.
    void take_console(os::UniqueFd master);
    /// The payload runs: reads its output from now on.
    void begin();
    /// What the runtime wrote on its stderr before the payload could.
    [[nodiscard]] std::string early_errors() const;
    /// The payload is gone. Calls `drained` when all its output was taken (or nothing came for a
    /// while, though somebody holds the pipe open).
    void payload_ended(std::function<void()> drained);
    /// Gets all output besides the clients, both streams in one.
    void tap(std::function<void(std::string_view)> tap) { tap_ = std::move(tap); }
    /// To all clients, as output.
    void say(std::string_view text);
    /// No more output: clients get what is buffered, then the end.
    void finish();

    /// `id` is how the attachment's end is told.
    void attach(std::uint32_t id, os::UniqueFd socket, wire::AttachRequest request);
    /// One that has not ended.
    [[nodiscard]] bool has_attachments() const noexcept;
    [[nodiscard]] Result<> resize(unsigned height, unsigned width);
    void close_stdin();
    void shrink();

  private:
    struct Output {
        os::UniqueFd fd;
        frame::Stream stream{};
        bool widened = false;
        [[nodiscard]] bool open() const noexcept { return static_cast<bool>(fd); }
    };

    [[nodiscard]] Result<ChildEnds> make_pipes();
    [[nodiscard]] static Result<ChildEnds> no_pipes();
    [[nodiscard]] bool read_output(Output& output);
    void output_came(Output& output);
    void rest(Output& output);
    void end_output(Output& output);
    void watch_outputs();
    void hold_outputs();
    [[nodiscard]] bool held_back() const;
    void check_drained();
    /// The log has records that wait for room: tries until they are written.
    void await_log();

    void type(std::string_view bytes);
    void write_stdin();
    [[nodiscard]] bool room() const noexcept;
    void typing_ended();
    void attachment_ended(std::uint32_t id, bool typed, wire::AttachEndReason reason);
    void sweep();

    EventLoop& loop_;
    std::string spool_folder_;  // known at the start; nothing is sent before
    AttachEnded attach_ended_;
    std::function<void(std::string_view)> tap_;
    LogSink log_;
    std::array<Output, 2> outputs_;
    os::UniqueFd stdin_;
    std::string typed_;  // not yet written to the payload
    bool terminal_ = false;
    bool open_stdin_ = false;
    bool stdin_once_ = false;
    bool stdin_closing_ = false;
    bool begun_ = false;
    bool payload_gone_ = false;
    bool finished_ = false;
    unsigned height_ = 0;
    unsigned width_ = 0;
    std::function<void()> drained_;
    EventLoop::TimerId drain_timer_ = 0;
    std::size_t last_read_ = 0;
    EventLoop::Clock::time_point busy_since_{};
    EventLoop::TimerId rest_timer_ = 0;
    bool resting_ = false;
    EventLoop::TimerId log_timer_ = 0;
    EventLoop::Clock::time_point log_deadline_{};  // of what waits at the end
    std::vector<char> buffer_;
    EventLoop::TimerId sweep_timer_ = 0;
    std::vector<std::pair<std::uint32_t, std::unique_ptr<Attachment>>> attachments_;
};

}  // namespace wherry::monitor
