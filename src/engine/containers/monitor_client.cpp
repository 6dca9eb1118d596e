#include "engine/containers/monitor_client.hpp"

#include <fcntl.h>

#include <algorithm>
#include <csignal>

#include "base/fault.hpp"
#include "base/scope_guard.hpp"
#include "base/trace.hpp"
#include "net/async/sleep.hpp"
#include "net/async/socket.hpp"
#include "os/file.hpp"
#include "os/packet_socket.hpp"
#include "os/process.hpp"

namespace wherry::containers {

using wire::FailureCode;
using wire::MessageType;

namespace {

/// A monitor that does not answer is stuck; starts and clearing away may take longer.
constexpr std::chrono::seconds answer_limit{10};
constexpr std::chrono::seconds start_limit{120};

Error lost() {
    return fail(ErrorKind::unavailable, "monitor lost");
}

Error to_error(const wire::Failure& failure) {
    const ErrorKind kind = failure.code == FailureCode::not_running   ? ErrorKind::conflict
                           : failure.code == FailureCode::unsupported ? ErrorKind::unsupported
                                                                      : ErrorKind::internal;
    return {kind, failure.text};
}

Time to_time(std::int64_t nanoseconds) {
    return Time(std::chrono::nanoseconds(nanoseconds));
}

ExitRecord to_record(const wire::ExitEvent& event) {
    return {event.status, event.oom_killed, to_time(event.finished_at), event.error};
}

std::vector<int> borrowed(const std::vector<os::UniqueFd>& fds, std::size_t first,
                          std::size_t count) {
    std::vector<int> out;
    for (std::size_t i = first; i < std::min(fds.size(), first + count); ++i) {
        out.push_back(fds[i].get());
    }
    return out;
}

struct Launched {
    os::UniqueFd socket;
    pid_t pid = 0;
};

/// The socket listens before the monitor exists, so connecting needs no patience.
Result<Launched> spawn_monitor(const LaunchPlan& plan) {
    TRY(auto listener, os::listen_packets(plan.control_path));
    TRY(const auto null, os::open("/dev/null", O_RDWR));
    TRY(const auto log,
        os::open(plan.run_folder + "/monitor.log", O_WRONLY | O_CREAT | O_APPEND, 0600));
    os::SpawnPlan spawn;
    spawn.program = plan.program;
    spawn.arguments = {plan.container_id, plan.run_folder};  // the folder is for readers of `ps`
    spawn.fds = {{null.get(), 0}, {null.get(), 1}, {log.get(), 2}, {listener.get(), 3}};
    spawn.new_session = true;
    if (trace::enabled()) {
        spawn.environment.push_back(trace::environment());
    }
    if (std::string setting = fault_setting(); !setting.empty()) {
        spawn.environment.push_back(std::move(setting));
    }
    TRY(const pid_t pid, os::spawn_orphan(spawn));
    TRY(auto socket, os::connect_packets(plan.control_path));
    return Launched{std::move(socket), pid};
}

}  // namespace

Result<ExitRecord> read_exit_record(const std::string& path) {
    TRY(const std::string bytes, os::read_file(path));
    TRY(const auto event, wire::decode<wire::ExitEvent>(bytes));
    return to_record(event);
}

MonitorClient::MonitorClient(os::UniqueFd socket, pid_t pid)
    : socket_(std::move(socket)), pid_(pid) {}

MonitorClient::~MonitorClient() = default;

Task<Result<std::unique_ptr<MonitorClient>>> MonitorClient::launch(LaunchPlan plan) {
    CO_TRY(auto launched, spawn_monitor(plan));
    std::unique_ptr<MonitorClient> client(
        new MonitorClient(std::move(launched.socket), launched.pid));
    CO_CHECK_OK(co_await async::with_deadline(client->greet(), answer_limit));
    co_return client;
}

Task<Result<std::unique_ptr<MonitorClient>>> MonitorClient::reconnect(std::string control_path) {
    auto socket = os::connect_packets(control_path);
    if (!socket) {
        const int code = socket.error().os_error();
        const bool nobody = code == ENOENT || code == ECONNREFUSED;
        co_return fail(nobody ? ErrorKind::not_found : ErrorKind::unavailable, "no monitor: {}",
                       socket.error().message());
    }
    std::unique_ptr<MonitorClient> client(new MonitorClient(*std::move(socket), 0));
    CO_CHECK_OK(co_await client->greet());
    co_return client;
}

Task<Result<>> MonitorClient::greet() {
    CO_CHECK_OK(co_await wait_greeting());
    pid_ = hello_.monitor_pid;
    CO_TRY(pidfd_, os::open_pidfd(pid_));
    co_return Result<>();
}

void MonitorClient::kill_monitor() noexcept {
    static_cast<void>(os::signal_pidfd(pidfd_.get(), SIGKILL));
}

Task<Result<>> MonitorClient::wait_greeting() {
    while (!greeted_) {
        CO_CHECK_OK(co_await advance());
    }
    co_return Result<>();
}

// One task reads for all: whoever waits first. The others are woken after each message, and one of
// them goes on reading if the first has left.
Task<Result<>> MonitorClient::advance() {
    if (lost_) {
        co_return lost();
    }
    if (reading_) {
        co_return co_await arrived_.wait();
    }
    reading_ = true;
    const auto ready = co_await async::wait_readable(socket_.get());
    reading_ = false;
    const auto wake = on_exit([this] { arrived_.notify_all(); });
    if (!ready) {
        co_return ready;
    }
    co_return take_in_all();
}

Result<> MonitorClient::take_in_all() {
    while (!lost_) {
        auto packet = os::receive_packet(socket_.get());
        if (packet && !*packet) {
            break;
        }
        if (!packet || (*packet)->bytes.empty()) {
            lost_ = true;
        } else {
            CHECK_OK(take_in(std::move((*packet)->bytes)));
        }
    }
    return {};
}

Result<> MonitorClient::take_in(std::string message) {
    TRY(const auto header, wire::decode_header(message));
    if (header.request != 0) {
        if (awaited_.contains(header.request)) {
            replies_[header.request] = std::move(message);
        }
        return {};
    }
    if (header.type == MessageType::hello) {
        TRY(hello_, wire::decode<wire::Hello>(message));
        greeted_ = true;
        if (hello_.phase == wire::Phase::exited) {
            exit_ = to_record(hello_.exit);
        }
    } else if (header.type == MessageType::exited) {
        TRY(const auto event, wire::decode<wire::ExitEvent>(message));
        exit_ = to_record(event);
    } else if (header.type == MessageType::attach_ended) {
        TRY(const auto event, wire::decode<wire::AttachEnded>(message));
        ended_attachments_[event.attach_id] = event.reason;
    } else if (header.type == MessageType::exec_ended) {
        TRY(auto event, wire::decode<wire::ExecEnded>(message));
        std::string id = event.exec_id;
        ended_execs_[std::move(id)] = std::move(event);
    } else if (header.type == MessageType::health) {
        TRY(auto state, wire::decode<wire::HealthState>(message));
        news_.emplace_back(std::move(state));
    } else if (header.type == MessageType::out_of_memory) {
        news_.emplace_back();
    }
    return {};  // what a newer monitor may tell besides is not for us
}

Task<Result<>> MonitorClient::send(std::string message, std::vector<int> fds) {
    if (message.size() > wire::message_limit) {
        co_return fail(ErrorKind::invalid, "a request of {} bytes is too long for the monitor",
                       message.size());
    }
    while (!lost_) {
        CO_TRY(const bool sent, os::send_packet(socket_.get(), message, fds));
        if (sent) {
            co_return Result<>();
        }
        CO_CHECK_OK(co_await async::wait_writable(socket_.get()));
    }
    co_return lost();
}

Task<Result<std::string>> MonitorClient::exchange(std::uint32_t id, std::string message,
                                                  std::vector<int> fds) {
    awaited_.insert(id);
    const auto forget = on_exit([this, id] {
        awaited_.erase(id);
        replies_.erase(id);
    });
    const auto sent = co_await send(std::move(message), std::move(fds));
    if (!sent) {
        co_return sent.error().os_error() == EPIPE ? lost() : sent.error();
    }
    while (!replies_.contains(id)) {
        CO_CHECK_OK(co_await advance());
    }
    co_return std::move(replies_[id]);
}

Task<Result<std::string>> MonitorClient::ask(std::uint32_t id, std::string message,
                                             std::vector<int> fds) {
    CO_TRY(std::string reply, co_await exchange(id, std::move(message), std::move(fds)));
    CO_TRY(const auto header, wire::decode_header(reply));
    if (header.type == MessageType::failure) {
        CO_TRY(const auto failure, wire::decode<wire::Failure>(reply));
        last_failure_ = failure.code;
        co_return to_error(failure);
    }
    co_return reply;
}

Task<Result<>> MonitorClient::command(std::uint32_t id, std::string message, std::vector<int> fds) {
    auto asked = ask(id, std::move(message), std::move(fds));
    CO_TRY(const auto reply, co_await async::with_deadline(std::move(asked), answer_limit));
    co_return decode_done(reply);
}

Result<> MonitorClient::decode_done(const std::string& reply) {
    CHECK_OK(wire::decode<wire::Done>(reply));
    return {};
}

Task<Result<Started>> MonitorClient::start(wire::StartRequest request,
                                           std::vector<os::UniqueFd> fds) {
    // What does not fit one message goes ahead.
    std::size_t first = 0;
    for (; fds.size() - first > wire::fds_per_message; first += wire::fds_per_message) {
        const auto id = next_id();
        CO_CHECK_OK(co_await command(id, wire::encode(wire::HoldRequest(), id),
                                     borrowed(fds, first, wire::fds_per_message)));
    }
    const auto id = next_id();
    start_unanswered_ = true;
    auto asked = ask(id, wire::encode(request, id), borrowed(fds, first, fds.size()));
    auto reply = co_await async::with_deadline(std::move(asked), start_limit);
    if (!reply) {
        const ErrorKind kind = reply.error().kind();
        start_unanswered_ = kind == ErrorKind::unavailable || kind == ErrorKind::cancelled;
        start_failure_ = {last_failure_, reply.error().message()};
        co_return std::move(reply).error();
    }
    start_unanswered_ = false;
    CO_TRY(const auto started, wire::decode<wire::Started>(*reply));
    co_return Started{started.pid, to_time(started.started_at)};
}

Task<Result<ExitRecord>> MonitorClient::wait_exit() {
    while (!exit_) {
        const auto advanced = co_await advance();
        if (!advanced && !exit_) {
            co_return advanced.error();
        }
    }
    co_return *exit_;
}

Task<Result<>> MonitorClient::acknowledge_exit() {
    const auto id = next_id();
    auto asked = ask(id, wire::encode(wire::AcknowledgeExitRequest(), id), {});
    CO_TRY(const auto reply, co_await async::with_deadline(std::move(asked), start_limit));
    co_return decode_done(reply);
}

Task<Result<std::uint32_t>> MonitorClient::attach(os::UniqueFd socket,
                                                  wire::AttachRequest request) {
    const auto id = next_id();
    std::vector<int> fds(1, socket.get());
    auto asked = ask(id, wire::encode(request, id), std::move(fds));
    CO_TRY(const auto reply, co_await async::with_deadline(std::move(asked), answer_limit));
    CO_TRY(const auto attached, wire::decode<wire::Attached>(reply));
    co_return attached.attach_id;
}

Task<Result<wire::AttachEndReason>> MonitorClient::wait_attach_end(std::uint32_t attach_id) {
    while (!ended_attachments_.contains(attach_id)) {
        CO_CHECK_OK(co_await advance());
    }
    const auto reason = ended_attachments_[attach_id];
    ended_attachments_.erase(attach_id);
    co_return reason;
}

Task<Result<>> MonitorClient::resize(unsigned height, unsigned width) {
    const auto id = next_id();
    const wire::ResizeRequest request{"", height, width};
    return command(id, wire::encode(request, id), {});
}

Task<Result<ExecStart>> MonitorClient::exec(wire::ExecRequest request,
                                            std::vector<os::UniqueFd> fds) {
    const auto id = next_id();
    auto asked = exchange(id, wire::encode(request, id), borrowed(fds, 0, fds.size()));
    CO_TRY(const auto reply, co_await async::with_deadline(std::move(asked), answer_limit));
    CO_TRY(const auto header, wire::decode_header(reply));
    ExecStart out;
    if (header.type == MessageType::failure) {
        CO_TRY(out.failure, wire::decode<wire::Failure>(reply));
    } else {
        CO_TRY(out.started, wire::decode<wire::ExecStarted>(reply));
    }
    co_return out;
}

Task<Result<wire::ExecEnded>> MonitorClient::wait_exec_end(std::string exec_id) {
    while (!ended_execs_.contains(exec_id)) {
        CO_CHECK_OK(co_await advance());
    }
    auto end = std::move(ended_execs_[exec_id]);
    ended_execs_.erase(exec_id);
    co_return end;
}

const wire::ExecEnded* MonitorClient::find_exec_end(const std::string& exec_id) {
    const auto taken = take_in_all();
    arrived_.notify_all();
    const auto found = ended_execs_.find(exec_id);
    return !taken || found == ended_execs_.end() ? nullptr : &found->second;
}

Task<Result<wire::ExecList>> MonitorClient::list_execs() {
    const auto id = next_id();
    auto asked = ask(id, wire::encode(wire::ListExecsRequest(), id), {});
    CO_TRY(const auto reply, co_await async::with_deadline(std::move(asked), answer_limit));
    co_return wire::decode<wire::ExecList>(reply);
}

Task<Result<>> MonitorClient::forget_exec(std::string exec_id) {
    const auto id = next_id();
    const wire::ForgetExecRequest request{std::move(exec_id)};
    return command(id, wire::encode(request, id), {});
}

Task<Result<>> MonitorClient::resize_exec(std::string exec_id, unsigned height, unsigned width) {
    const auto id = next_id();
    const wire::ResizeRequest request{std::move(exec_id), height, width};
    return command(id, wire::encode(request, id), {});
}

Task<Result<MonitorNews>> MonitorClient::next_news() {
    while (news_.empty()) {
        CO_CHECK_OK(co_await advance());
    }
    MonitorNews news = std::move(news_.front());
    news_.pop_front();
    co_return news;
}

Task<Result<wire::HealthState>> MonitorClient::ask_health() {
    const auto id = next_id();
    auto asked = ask(id, wire::encode(wire::HealthRequest(), id), {});
    CO_TRY(const auto reply, co_await async::with_deadline(std::move(asked), answer_limit));
    co_return wire::decode<wire::HealthState>(reply);
}

Task<Result<>> MonitorClient::pause_health(bool paused) {
    const auto id = next_id();
    const wire::PauseHealthRequest request{paused};
    return command(id, wire::encode(request, id), {});
}

Task<Result<>> MonitorClient::signal(int number) {
    const auto id = next_id();
    const wire::SignalRequest request{"", number};
    return command(id, wire::encode(request, id), {});
}

Task<Result<>> MonitorClient::kill_all() {
    const auto id = next_id();
    return command(id, wire::encode(wire::KillRequest(), id), {});
}

Task<Result<>> MonitorClient::close_stdin() {
    const auto id = next_id();
    return command(id, wire::encode(wire::CloseStdinRequest(), id), {});
}

Task<Result<>> MonitorClient::quit() {
    const auto id = next_id();
    return command(id, wire::encode(wire::QuitRequest(), id), {});
}

}  // namespace wherry::containers
