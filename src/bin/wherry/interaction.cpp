#include "bin/wherry/interaction.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdint>

#include "base/text.hpp"
#include "bin/wherry/terminal.hpp"

namespace wherry::command {

namespace {

constexpr std::array proxied{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGCONT};

os::UniqueFd make_stop() {
    return os::UniqueFd(::eventfd(0, EFD_CLOEXEC));
}

void signal_stop(const os::UniqueFd& stop) {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(stop.get(), &one, sizeof one);
}

/// Waits for bytes; false when it is to stop.
bool wait_readable(int fd, const os::UniqueFd& stop) {
    std::array<pollfd, 2> fds{pollfd{.fd = fd, .events = POLLIN, .revents = 0},
                              pollfd{.fd = stop.get(), .events = POLLIN, .revents = 0}};
    while (::poll(fds.data(), fds.size(), -1) < 0 && errno == EINTR) {
    }
    return fds[1].revents == 0;
}

sigset_t signals_of_interest() {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : proxied) {
        sigaddset(&set, signal);
    }
    sigaddset(&set, SIGWINCH);
    return set;
}

}  // namespace

InputPump::InputPump(Session& session, std::string detach_keys)
    : session_(session),
      keys_(std::move(detach_keys)),
      stop_(make_stop()),
      thread_([this] { run(); }) {}

InputPump::~InputPump() {
    signal_stop(stop_);
    thread_.join();
}

void InputPump::run() {
    std::array<char, 4096> buffer{};
    while (wait_readable(STDIN_FILENO, stop_)) {
        const ssize_t count = ::read(STDIN_FILENO, buffer.data(), buffer.size());
        if (count <= 0) {
            const auto closed = session_.close_write();
            static_cast<void>(closed);  // the session may be over already
            return;
        }
        if (!forward(std::string_view(buffer.data(), static_cast<std::size_t>(count)))) {
            return;
        }
    }
}

bool InputPump::forward(std::string_view typed) {
    std::string out;
    for (const char c : typed) {
        if (!keys_.empty() && c == keys_[matched_]) {
            if (++matched_ == keys_.size()) {
                left_ = true;
                session_.close();
                return false;
            }
            continue;
        }
        out.append(keys_, 0, std::exchange(matched_, 0));  // it was no detaching after all
        if (!keys_.empty() && c == keys_[0] && keys_.size() > 1) {
            matched_ = 1;
            continue;
        }
        out += c;
    }
    return out.empty() || session_.write(out).ok();
}

void SignalPump::block() {
    const sigset_t set = signals_of_interest();
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

SignalPump::SignalPump(Target target) : target_(std::move(target)), stop_(make_stop()) {
    const sigset_t set = signals_of_interest();
    signals_ = os::UniqueFd(::signalfd(-1, &set, SFD_CLOEXEC));
    thread_ = std::thread([this] { run(); });
}

SignalPump::~SignalPump() {
    signal_stop(stop_);
    thread_.join();
}

void SignalPump::run() {
    while (wait_readable(signals_.get(), stop_)) {
        signalfd_siginfo info{};
        if (::read(signals_.get(), &info, sizeof info) != sizeof info) {
            return;
        }
        const int signal = static_cast<int>(info.ssi_signo);
        if (signal == SIGWINCH) {
            if (target_.resize) {
                resize(*target_.client, target_.id);
            }
        } else if (target_.proxy) {
            ContainerKillOptions options;
            options.signal = text::format("{}", signal);
            const auto sent = target_.client->container_kill(target_.id, options);
            static_cast<void>(sent);  // the container may have ended meanwhile
        }
    }
}

void resize(const Client& client, const std::string& id) {
    const auto size = terminal_size(STDOUT_FILENO);
    if (!size) {
        return;
    }
    ContainerResizeOptions options;
    options.height = size->height;
    options.width = size->width;
    const auto done = client.container_resize(id, options);
    static_cast<void>(done);  // an ended container has no size
}

}  // namespace wherry::command
