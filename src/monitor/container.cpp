#include "monitor/container.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include "base/clock.hpp"
#include "base/fault.hpp"
#include "base/log.hpp"
#include "base/trace.hpp"
#include "monitor/runtime.hpp"
#include "os/cgroup.hpp"
#include "os/file.hpp"
#include "os/mount.hpp"
#include "os/oom_watch.hpp"
#include "os/overlay.hpp"
#include "os/tree.hpp"
#include "os/watch.hpp"

namespace wherry::monitor {

using wire::FailureCode;
using wire::Phase;

namespace {

std::int64_t nanoseconds_now() {
    return now().time_since_epoch().count();
}

}  // namespace

Container::~Container() {
    loop_.forget(memory_watch_.get());
}

int Container::network_namespace() const {
    for (std::size_t i = 0; i < request_.fds.size() && i < fds_.size(); ++i) {
        if (request_.fds[i] == wire::FdRole::network_namespace) {
            return fds_[i].get();
        }
    }
    return -1;
}

/// They are needed longer than the other descriptors.
void Container::take_programs() {
    for (std::size_t i = 0; i < request_.fds.size() && i < fds_.size(); ++i) {
        if (request_.fds[i] == wire::FdRole::runtime) {
            runtime_program_ = std::move(fds_[i]);
            request_.runtime_program = text::format("/proc/self/fd/{}", runtime_program_.get());
        } else if (request_.fds[i] == wire::FdRole::launcher) {
            launcher_ = std::move(fds_[i]);
            request_.launcher = text::format("/proc/self/fd/{}", launcher_.get());
        }
    }
}

void Container::start(wire::StartRequest request, std::vector<os::UniqueFd> fds) {
    request_ = std::move(request);
    fds_ = std::move(fds);
    take_programs();
    phase_ = Phase::starting;
    if (auto prepared = prepare(); !prepared) {
        const auto code =
            mounted_ || request_.overlay.target.empty() ? FailureCode::other : FailureCode::mount;
        fail_start({code, prepared.error().message()});
    }
}

Result<> Container::prepare() {
    if (request_.fds.size() != fds_.size()) {
        return fail(ErrorKind::invalid, "{} descriptors came, {} were told", fds_.size(),
                    request_.fds.size());
    }
    trace::Span mounting(request_.container_id, "monitor.mount");
    CHECK_OK(mount_root());
    mounting.end();
    trace::Span writing(request_.container_id, "monitor.config");
    CHECK_OK(write_config());
    writing.end();
    CHECK_OK(os::remove_file(request_.pid_file));
    CHECK_OK(os::remove_file(runtime_log(request_)));
    if (request_.terminal) {
        console_.emplace(loop_,
                         [this](os::UniqueFd master) { stdio_.take_console(std::move(master)); });
        CHECK_OK(console_->open(console_path()));
    }
    fault_point("monitor.mounted");
    TRY(auto ends, stdio_.prepare(stdio_plan(request_)));
    return run_runtime(std::move(ends));
}

Result<> Container::mount_root() {
    // Our mounts stay below the daemon's private mount; how binds propagate is left as it is.
    CHECK_OK(os::unshare_mounts());
    if (request_.overlay.target.empty()) {
        return {};
    }
    CHECK_OK(os::make_dirs(request_.overlay.target));
    const os::Overlay overlay{request_.overlay.base, request_.overlay.lowers,
                              request_.overlay.upper, request_.overlay.work, request_.unsynced};
    CHECK_OK(os::mount_overlay(overlay, request_.overlay.target));
    mounted_ = true;
    return {};
}

Result<> Container::write_config() const {
    const std::string path = request_.bundle + "/config.json";
    TRY(std::string config, os::read_file(path));
    if (config.find(wire::network_namespace_token) == std::string::npos) {
        return {};
    }
    const int fd = network_namespace();
    if (fd < 0) {
        return fail(ErrorKind::invalid, "{} wants a network namespace, and none was passed", path);
    }
    // Not /proc/self: the runtime opens it.
    const std::string name = text::format("/proc/{}/fd/{}", ::getpid(), fd);
    // A new file: overwriting one, or renaming over it, makes some file systems write it out at
    // once.
    CHECK_OK(os::remove_file(path));
    return os::write_file(path, with_network_namespace(std::move(config), name), 0600);
}

Result<> Container::run_runtime(Stdio::ChildEnds ends) {
    auto plan = run_plan(request_, request_.terminal ? console_path() : "");
    for (int i = 0; i < 3; ++i) {
        plan.fds.emplace_back(ends.fds[static_cast<std::size_t>(i)].get(), i);
    }
    step_.emplace(request_.container_id, "monitor.crun");
    auto started = os::spawn(plan);
    if (!started && runtime_program_) {
        // A machine's policy may forbid programs in memory.
        request_.runtime_program.clear();
        plan.program = request_.runtime;
        started = os::spawn(plan);
    }
    TRY(runtime_, std::move(started));
    runtime_used_ = true;
    fault_point("monitor.runtime-started");
    return {};
}

bool Container::reaped(const os::Ended& ended) {
    if (ended.pid == runtime_ && runtime_ != 0) {
        runtime_ = 0;
        step_.reset();
        runtime_ended(ended.status);
    } else if (ended.pid == deleter_ && deleter_ != 0) {
        deleter_ = 0;
        finish_clearing();
    } else if (payload_alive_ && ended.pid == payload_) {
        payload_ended(ended.status);
    } else if (phase_ == Phase::starting) {
        unknown_[ended.pid] = ended.status;
    } else {
        return false;
    }
    return true;
}

void Container::runtime_ended(int status) {
    // The console may have come in the same turn of the loop.
    if (console_) {
        console_->poll();
    }
    auto pid_text = os::read_file(request_.pid_file);
    const auto pid = pid_text ? parse_pid(*pid_text) : std::nullopt;
    if (status == 0 && pid) {
        payload_known(*pid);
        return;
    }
    auto told = os::read_file(runtime_log(request_));
    std::string text(told ? text::trim(*told) : std::string_view());
    if (text.empty() && !request_.terminal) {
        text = stdio_.early_errors();
    }
    if (text.empty()) {
        text = text::format("{} ended with status {}", request_.runtime, status);
    }
    const FailureCode code = classify(text);
    fail_start({code, std::move(text)});
}

void Container::payload_known(pid_t pid) {
    fault_point("monitor.payload-known");
    payload_ = pid;
    request_.payload = pid;
    payload_alive_ = true;
    phase_ = Phase::running;
    started_at_ = nanoseconds_now();
    step_.emplace(request_.container_id, "monitor.payload");
    for (const auto& relay : request_.relays) {
        if (relay.fd < fds_.size()) {
            relays_.push_back(make_relay(loop_, fds_[relay.fd].get(), relay, network_namespace()));
        }
    }
    watch_memory();
    events_.started({payload_, started_at_});
    fault_point("monitor.started");
    stdio_.begin();
    const auto early = unknown_.find(pid);
    const auto status = early == unknown_.end() ? std::nullopt : std::optional(early->second);
    unknown_.clear();
    if (status) {
        payload_ended(*status);
    }
}

void Container::payload_ended(int status) {
    fault_point("monitor.payload-ended");
    payload_alive_ = false;
    request_.payload = 0;
    step_.emplace(request_.container_id, "monitor.end");
    exit_.status = status;
    exit_.finished_at = nanoseconds_now();
    if (!request_.cgroup.empty()) {
        check_memory();
        exit_.oom_killed = oom_kills_ > 0;
        // With the host's process namespace others may be left, and hold the output open.
        if (auto killed = os::kill_cgroup(request_.cgroup); !killed) {
            exit_.error = killed.error().message();
        }
    }
    stdio_.payload_ended([this] { record_exit(); });
}

void Container::watch_memory() {
    if (request_.cgroup.empty()) {
        return;
    }
    auto watch = os::watch_out_of_memory(request_.cgroup);
    if (!watch) {
        log::debug("id={} {}", request_.container_id, watch.error().message());
        return;  // the exit tells
    }
    memory_watch_ = *std::move(watch);
    loop_.watch(memory_watch_.get(), EPOLLIN, [this](std::uint32_t /*events*/) {
        os::drain_watch(memory_watch_.get());
        check_memory();
    });
}

void Container::check_memory() {
    const std::uint64_t kills = os::cgroup_oom_kills(request_.cgroup);
    if (kills > oom_kills_) {
        oom_kills_ = kills;
        events_.out_of_memory();
    }
}

void Container::record_exit() {
    // Ports and addresses are free when the exit is known.
    relays_.clear();
    fds_.clear();
    loop_.forget(memory_watch_.get());
    memory_watch_.reset();
    if (!request_.exit_record.empty()) {
        const auto written =
            os::replace_file(request_.exit_record, wire::encode(exit_, 0), false, 0600);
        if (!written) {
            log::error("id={} exit record lost error=\"{}\"", request_.container_id,
                       written.error().message());
        }
    }
    fault_point("monitor.exit-recorded");
    phase_ = Phase::exited;
    events_.exited(exit_);
    fault_point("monitor.exit-told");
    step_.emplace(request_.container_id, "monitor.clear");
    stdio_.finish();
    clear_away();
}

void Container::fail_start(wire::Failure failure) {
    failure_ = std::move(failure);
    relays_.clear();
    fds_.clear();
    stdio_.finish();
    clear_away();
}

void Container::clear_away() {
    if (!runtime_used_ || clear_directly() || !spawn_deleter()) {
        finish_clearing();
    }
}

/// What the runtime's `delete` would do, without starting it: its cgroups are empty, its state is
/// a folder. False if something is in the way, which `delete --force` may still deal with.
bool Container::clear_directly() const {
    if (request_.runtime_state.empty()) {
        return false;
    }
    if (!request_.cgroup.empty() && !os::remove_cgroup(request_.cgroup)) {
        return false;
    }
    // Removed with the run's folder; a removal here could wait for the disk.
    return os::rename(request_.runtime_state, request_.bundle + "/runtime").ok() ||
           os::remove_tree(request_.runtime_state).ok();
}

bool Container::spawn_deleter() {
    const auto null = os::open("/dev/null", O_RDWR);
    auto plan = delete_plan(request_);
    if (null) {
        plan.fds = {{null->get(), 0}, {null->get(), 1}, {null->get(), 2}};
    }
    const auto pid = os::spawn(plan);
    deleter_ = pid ? *pid : 0;
    return pid.ok();
}

void Container::finish_clearing() {
    if (mounted_) {
        mounted_ = false;
        if (!os::unmount(request_.overlay.target, false)) {
            (void)os::unmount(request_.overlay.target, true);
        }
    }
    cleared_ = true;
    fault_point("monitor.cleared");
    step_.reset();
    if (failure_) {
        phase_ = Phase::exited;
        events_.failed(*failure_);
    }
    events_.cleared();
}

Result<> Container::signal(int number) const {
    if (!payload_alive_) {
        return fail(ErrorKind::conflict, "the container does not run");
    }
    return os::signal_process(payload_, number);
}

Result<> Container::kill_all() const {
    if (request_.cgroup.empty()) {
        return signal(9);
    }
    auto killed = os::kill_cgroup(request_.cgroup);
    return killed ? Result<>() : Result<>(std::move(killed).error());
}

}  // namespace wherry::monitor
