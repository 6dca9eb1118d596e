// Each message's fields in the order of the wire, once for both directions (a writer sees const
// messages). Private to this folder.
#pragma once

#include <concepts>
#include <type_traits>

#include "codec/wire/exec.hpp"
#include "codec/wire/health.hpp"
#include "codec/wire/launch.hpp"
#include "codec/wire/message.hpp"

namespace wherry::wire {

template <class M, class T>
concept Is = std::same_as<std::remove_const_t<M>, T>;

void fields(auto& io, Is<OverlayPlan> auto& m) {
    io(m.base), io(m.lowers), io(m.upper), io(m.work), io(m.target);
}
void fields(auto& io, Is<LogPlan> auto& m) {
    io(m.driver), io(m.path), io(m.max_size), io(m.max_file), io(m.compress);
    io(m.non_blocking), io(m.buffer_size), io(m.attributes);
    io(m.address), io(m.tag), io(m.host_name), io(m.format), io(m.facility), io(m.fields);
}
void fields(auto& io, Is<Relay> auto& m) {
    io(m.fd), io(m.protocol), io(m.address), io(m.port);
}
void fields(auto& io, Is<HealthPlan> auto& m) {
    io(m.process), io(m.program), io(m.interval), io(m.timeout), io(m.start_period);
    io(m.start_interval), io(m.retries), io(m.launch);
}
void fields(auto& io, Is<StartRequest> auto& m) {
    io(m.container_id), io(m.runtime), io(m.runtime_root), io(m.runtime_arguments), io(m.bundle);
    io(m.overlay), io(m.terminal), io(m.console_height), io(m.console_width);
    io(m.open_stdin), io(m.stdin_once), io(m.log), io(m.fds), io(m.relays);
    io(m.exit_record), io(m.pid_file), io(m.cgroup), io(m.init), io(m.runtime_state);
    io(m.health), io(m.unsynced);
}
void fields(auto& io, Is<ExitEvent> auto& m) {
    io(m.status), io(m.oom_killed), io(m.finished_at), io(m.error);
}
void fields(auto& io, Is<Hello> auto& m) {
    io(m.protocol), io(m.phase), io(m.container_id), io(m.payload_pid), io(m.started_at);
    io(m.exit), io(m.monitor_pid);
}
void fields(auto& io, Is<Failure> auto& m) {
    io(m.code), io(m.text);
}
void fields(auto& io, Is<Started> auto& m) {
    io(m.pid), io(m.started_at);
}
void fields(auto& io, Is<Attached> auto& m) {
    io(m.attach_id);
}
void fields(auto& io, Is<AttachEnded> auto& m) {
    io(m.attach_id), io(m.reason);
}
void fields(auto& io, Is<AttachRequest> auto& m) {
    io(m.process), io(m.standard_input), io(m.standard_output), io(m.standard_error);
    io(m.framed), io(m.detach_keys), io(m.already_read), io(m.first_output);
}
void fields(auto& io, Is<ResizeRequest> auto& m) {
    io(m.process), io(m.height), io(m.width);
}
void fields(auto& io, Is<SignalRequest> auto& m) {
    io(m.process), io(m.number);
}
void fields(auto& io, Is<CloseStdinRequest> auto& m) {
    io(m.process);
}
void fields(auto& io, Is<ExecRequest> auto& m) {
    io(m.exec_id), io(m.program), io(m.terminal), io(m.console_height), io(m.console_width);
    io(m.open_stdin), io(m.attached), io(m.attach), io(m.plan);
}
void fields(auto& io, Is<ForgetExecRequest> auto& m) {
    io(m.exec_id);
}
void fields(auto& io, Is<ExecStarted> auto& m) {
    io(m.pid), io(m.attach_id);
}
void fields(auto& io, Is<ExecEnded> auto& m) {
    io(m.exec_id), io(m.status), io(m.finished_at);
}
void fields(auto& io, Is<ExecState> auto& m) {
    io(m.exec_id), io(m.pid), io(m.running), io(m.status), io(m.finished_at);
}
void fields(auto& io, Is<ExecList> auto& m) {
    io(m.execs);
}
void fields(auto& io, Is<HealthResult> auto& m) {
    io(m.start), io(m.end), io(m.exit_code), io(m.output), io(m.begun);
}
void fields(auto& io, Is<HealthState> auto& m) {
    io(m.status), io(m.failing_streak), io(m.log);
}
void fields(auto& io, Is<PauseHealthRequest> auto& m) {
    io(m.paused);
}
void fields(auto& io, Is<ResourceLimit> auto& m) {
    io(m.resource), io(m.soft), io(m.hard);
}
void fields(auto& io, Is<ProcessPlan> auto& m) {
    io(m.arguments), io(m.environment), io(m.folder), io(m.uid), io(m.gid), io(m.groups);
    io(m.bounding), io(m.effective), io(m.permitted), io(m.limits), io(m.no_new_privileges);
    io(m.filtered), io(m.adjusts_oom), io(m.oom_score_adj), io(m.apparmor_profile);
}
void fields(auto& io, Is<LaunchRequest> auto& m) {
    io(m.process), io(m.container_id), io(m.cgroup), io(m.filter), io(m.terminal), io(m.height);
    io(m.width);
}
void fields(auto& io, Is<LaunchResult> auto& m) {
    io(m.pid), io(m.code), io(m.text);
}
template <class M>
concept Empty = std::is_empty_v<std::remove_const_t<M>>;
void fields(auto& /*io*/, Empty auto& /*message*/) {}

void fields(auto& io, Is<Header> auto& m) {
    io(m.size), io(m.type), io(m.version), io(m.request);
}

}  // namespace wherry::wire
