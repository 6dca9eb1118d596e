#include "monitor/stdio.hpp"

#include <fcntl.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>

#include "os/file.hpp"
#include "os/pty.hpp"
#include "os/syscall.hpp"

namespace wherry::monitor {

namespace {

constexpr std::size_t read_size = 64 * 1024;
/// Output that comes as fast as this is taken in larger pieces, a moment apart: fewer wake-ups of
/// everybody, and one write of the log for many of the payload's.
constexpr std::size_t busy_read = 2 * 1024;
constexpr std::chrono::milliseconds rest_time{1};
constexpr int wide_pipe = 1024 * 1024;
/// In one turn of the loop.
constexpr int most_reads = 32;
constexpr std::size_t typed_limit = 64 * 1024;
/// Somebody outside the container may hold its pipe open: the exit is told all the same.
constexpr std::chrono::milliseconds drain_limit{2000};
/// A log that cannot be written is tried again this often, and after the payload's end this long.
constexpr std::chrono::milliseconds log_pause{100};
constexpr std::chrono::seconds log_limit{10};

struct Pipe {
    os::UniqueFd read;
    os::UniqueFd write;
};

Result<Pipe> make_pipe() {
    int fds[2];
    CHECK_OK(os::checked("pipe", "", [&] { return ::pipe2(fds, O_CLOEXEC); }));
    return Pipe{os::UniqueFd(fds[0]), os::UniqueFd(fds[1])};
}

/// Our end only: the payload's end has its own flags.
void set_non_blocking(int fd) {
    (void)::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
}

logfile::Stream log_stream(frame::Stream stream) {
    return stream == frame::Stream::standard_error ? logfile::Stream::standard_error
                                                   : logfile::Stream::standard_output;
}

}  // namespace

std::string spool_folder(const wire::StartRequest& request) {
    const auto slash = request.log.path.rfind('/');
    return slash == std::string::npos ? request.bundle : request.log.path.substr(0, slash);
}

StdioPlan stdio_plan(const wire::StartRequest& request) {
    return {.terminal = request.terminal,
            .open_stdin = request.open_stdin,
            .stdin_once = request.stdin_once,
            .height = request.console_height,
            .width = request.console_width,
            .log = request.log,
            .spool_folder = spool_folder(request)};
}

Stdio::Stdio(EventLoop& loop, AttachEnded attach_ended)
    : loop_(loop), attach_ended_(std::move(attach_ended)) {
    outputs_[0].stream = frame::Stream::standard_output;
    outputs_[1].stream = frame::Stream::standard_error;
}

Stdio::~Stdio() {
    hold_outputs();
    loop_.forget(stdin_.get());
    loop_.cancel(drain_timer_);
    loop_.cancel(rest_timer_);
    loop_.cancel(log_timer_);
    loop_.cancel(sweep_timer_);
}

Result<Stdio::ChildEnds> Stdio::prepare(const StdioPlan& plan) {
    terminal_ = plan.terminal;
    open_stdin_ = plan.open_stdin;
    stdin_once_ = plan.stdin_once;
    if (height_ == 0 && width_ == 0) {
        height_ = plan.height;
        width_ = plan.width;
    }
    if (auto opened = log_.open(plan.log, loop_); !opened) {
        return std::move(opened).error().in("failed to initialize logging driver");
    }
    spool_folder_ = plan.spool_folder;
    return terminal_ || plan.discards ? no_pipes() : make_pipes();
}

Result<Stdio::ChildEnds> Stdio::no_pipes() {
    ChildEnds ends;
    for (auto& fd : ends.fds) {
        TRY(fd, os::open("/dev/null", O_RDWR));
    }
    return ends;
}

Result<Stdio::ChildEnds> Stdio::make_pipes() {
    ChildEnds ends;
    if (open_stdin_) {
        TRY(auto pipe, make_pipe());
        ends.fds[0] = std::move(pipe.read);
        stdin_ = std::move(pipe.write);
        set_non_blocking(stdin_.get());
    } else {
        TRY(ends.fds[0], os::open("/dev/null", O_RDONLY));
    }
    for (std::size_t i = 0; i < outputs_.size(); ++i) {
        TRY(auto pipe, make_pipe());
        outputs_[i].fd = std::move(pipe.read);
        ends.fds[i + 1] = std::move(pipe.write);
        set_non_blocking(outputs_[i].fd.get());
    }
    return ends;
}

void Stdio::take_console(os::UniqueFd master) {
    set_non_blocking(master.get());
    // Reading and writing are watched apart, so each has a descriptor.
    stdin_.reset(::fcntl(master.get(), F_DUPFD_CLOEXEC, 3));
    outputs_[0].fd = std::move(master);
    if (height_ != 0 || width_ != 0) {
        (void)os::set_window_size(stdin_.get(), height_, width_);
    }
}

void Stdio::begin() {
    begun_ = true;
    watch_outputs();
    write_stdin();
    for (auto& [id, attachment] : attachments_) {
        attachment->begin();
    }
    sweep();
}

std::string Stdio::early_errors() const {
    std::string text(4096, '\0');
    const auto got =
        os::retry([&] { return ::read(outputs_[1].fd.get(), text.data(), text.size()); });
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return std::string(text::trim(text));
}

void Stdio::watch_outputs() {
    if (!begun_ || ((held_back() || resting_) && !payload_gone_)) {
        return;
    }
    for (auto& output : outputs_) {
        if (output.open()) {
            loop_.watch(output.fd.get(), EPOLLIN,
                        [this, &output](std::uint32_t /*events*/) { output_came(output); });
        }
    }
}

void Stdio::hold_outputs() {
    for (auto& output : outputs_) {
        loop_.forget(output.fd.get());
    }
}

bool Stdio::held_back() const {
    return log_.waits() || std::ranges::any_of(attachments_, [](const auto& entry) {
               return entry.second->full();
           });
}

/// What is there, up to a limit. False: nothing (any more).
bool Stdio::read_output(Output& output) {
    buffer_.resize(read_size);
    const auto got =
        os::retry([&] { return ::read(output.fd.get(), buffer_.data(), buffer_.size()); });
    if (got < 0 && errno == EAGAIN) {
        return false;
    }
    if (got <= 0) {  // a terminal without a process answers EIO
        end_output(output);
        return false;
    }
    const std::string_view bytes(buffer_.data(), static_cast<std::size_t>(got));
    log_.write(log_stream(output.stream), bytes);
    await_log();
    if (tap_) {
        tap_(bytes);
    }
    for (auto& [id, attachment] : attachments_) {
        if (attachment->wants(output.stream)) {
            attachment->send(output.stream, bytes);
        }
    }
    sweep();
    last_read_ = bytes.size();
    return true;
}

void Stdio::output_came(Output& output) {
    for (int reads = 0; reads < most_reads && !held_back() && read_output(output); ++reads) {
        if (last_read_ < read_size) {
            break;
        }
    }
    if (held_back() && !payload_gone_) {
        hold_outputs();
    } else if (output.open() && last_read_ >= busy_read && !payload_gone_ && !terminal_) {
        rest(output);
    }
}

/// Once the last busy read was only a moment ago. Not for a terminal, whose buffer is small.
void Stdio::rest(Output& output) {
    const auto now = EventLoop::Clock::now();
    const bool again = now - busy_since_ < 3 * rest_time;
    busy_since_ = now;
    if (!again || resting_) {
        return;
    }
    if (!output.widened) {
        output.widened = true;
        (void)::fcntl(output.fd.get(), F_SETPIPE_SZ, wide_pipe);
    }
    resting_ = true;
    hold_outputs();
    rest_timer_ = loop_.after(rest_time, [this] {
        resting_ = false;
        watch_outputs();
    });
}

void Stdio::end_output(Output& output) {
    loop_.forget(output.fd.get());
    output.fd.reset();
    log_.finish(log_stream(output.stream));
    await_log();
    check_drained();
}

void Stdio::payload_ended(std::function<void()> drained) {
    payload_gone_ = true;
    log_deadline_ = EventLoop::Clock::now() + log_limit;
    drained_ = std::move(drained);
    watch_outputs();
    // Most often everything is in the pipe already: no turn of the loop for it.
    for (auto& output : outputs_) {
        for (int reads = 0; reads < most_reads && output.open() && read_output(output); ++reads) {
        }
    }
    if (drained_) {
        drain_timer_ = loop_.after(drain_limit, [this] {
            for (auto& output : outputs_) {
                if (output.open()) {
                    end_output(output);
                }
            }
            check_drained();
        });
    }
    check_drained();
}

void Stdio::await_log() {
    if (!log_.waits() || log_timer_ != 0) {
        return;
    }
    log_timer_ = loop_.after(log_pause, [this] {
        log_timer_ = 0;
        log_.retry();
        if (log_.waits() && payload_gone_ && EventLoop::Clock::now() >= log_deadline_) {
            log_.give_up();
        }
        if (log_.waits()) {
            await_log();
            return;
        }
        watch_outputs();
        check_drained();
    });
}

void Stdio::check_drained() {
    const bool open = outputs_[0].open() || outputs_[1].open();
    if (payload_gone_ && !open && drained_ && !log_.waits()) {
        loop_.cancel(drain_timer_);
        const auto drained = std::exchange(drained_, nullptr);
        drained();
    }
}

void Stdio::say(std::string_view text) {
    for (auto& [id, attachment] : attachments_) {
        attachment->send(frame::Stream::standard_output, text);
    }
}

void Stdio::finish() {
    finished_ = true;
    stdin_closing_ = true;
    typed_.clear();
    loop_.forget(stdin_.get());
    stdin_.reset();
    for (auto& [id, attachment] : attachments_) {
        attachment->finish(wire::AttachEndReason::output_ended);
    }
    sweep();
}

void Stdio::attach(std::uint32_t id, os::UniqueFd socket, wire::AttachRequest request) {
    Attachment::Owner owner;
    owner.typed = [this](std::string_view bytes) { type(bytes); };
    owner.room = [this] { return room(); };
    owner.typing_ended = [this] { typing_ended(); };
    owner.drained = [this] { watch_outputs(); };
    owner.ended = [this, id, typed = request.standard_input](wire::AttachEndReason reason) {
        attachment_ended(id, typed, reason);
    };
    Attachment::Client client{std::move(socket), std::move(request), spool_folder_};
    auto attachment = std::make_unique<Attachment>(loop_, std::move(client), std::move(owner));
    Attachment& added = *attachment;
    attachments_.emplace_back(id, std::move(attachment));
    if (finished_) {
        added.finish(wire::AttachEndReason::output_ended);
    } else if (begun_) {
        added.begin();
    }
}

void Stdio::attachment_ended(std::uint32_t id, bool typed, wire::AttachEndReason reason) {
    // A connection that broke has nothing more to say either.
    if (typed && reason == wire::AttachEndReason::client_gone) {
        typing_ended();
    }
    attach_ended_(id, reason);
    // Not inside its own call: the loop comes back for it.
    loop_.cancel(sweep_timer_);
    sweep_timer_ = loop_.after(std::chrono::milliseconds(0), [this] { sweep(); });
    watch_outputs();
}

bool Stdio::has_attachments() const noexcept {
    return std::ranges::any_of(attachments_,
                               [](const auto& entry) { return !entry.second->ended(); });
}

void Stdio::sweep() {
    std::erase_if(attachments_, [](const auto& entry) { return entry.second->ended(); });
}

bool Stdio::room() const noexcept {
    return begun_ && typed_.size() < typed_limit;
}

void Stdio::type(std::string_view bytes) {
    if (open_stdin_ && !stdin_closing_) {
        typed_.append(bytes);
        write_stdin();
    }
}

void Stdio::write_stdin() {
    if (!begun_ || !stdin_) {
        return;
    }
    while (!typed_.empty()) {
        const auto put =
            os::retry([&] { return ::write(stdin_.get(), typed_.data(), typed_.size()); });
        if (put < 0 && errno == EAGAIN) {
            loop_.watch(stdin_.get(), EPOLLOUT, [this](std::uint32_t /*events*/) {
                write_stdin();
                for (auto& [id, attachment] : attachments_) {
                    attachment->resume();
                }
                sweep();
            });
            return;
        }
        if (put < 0) {  // nobody reads any more
            typed_.clear();
            stdin_closing_ = true;
        } else {
            typed_.erase(0, static_cast<std::size_t>(put));
        }
    }
    loop_.forget(stdin_.get());
    if (stdin_closing_ && !terminal_) {
        stdin_.reset();
    }
}

void Stdio::typing_ended() {
    if (stdin_once_ && !terminal_) {
        close_stdin();
    }
}

void Stdio::close_stdin() {
    stdin_closing_ = true;
    write_stdin();
}

Result<> Stdio::resize(unsigned height, unsigned width) {
    height_ = height;
    width_ = width;
    return terminal_ && stdin_ ? os::set_window_size(stdin_.get(), height, width) : Result<>();
}

void Stdio::shrink() {
    buffer_ = std::vector<char>();
    typed_.shrink_to_fit();
    log_.shrink();
}

}  // namespace wherry::monitor
