#include "engine/containers/oci_spec.hpp"

#include "codec/json/json.hpp"

namespace wherry::containers::oci {

namespace {

using json::Empty;

}  // namespace

template <class Io>
static void fields(Io& io, Box& s) {
    io.field("height", s.height);
    io.field("width", s.width);
}

template <class Io>
static void fields(Io& io, User& s) {
    io.field("uid", s.uid);
    io.field("gid", s.gid);
    io.field("additionalGids", s.additional_gids, Empty::omit);
}

template <class Io>
static void fields(Io& io, Capabilities& s) {
    io.field("bounding", s.bounding);
    io.field("effective", s.effective);
    io.field("permitted", s.permitted);
}

template <class Io>
static void fields(Io& io, Rlimit& s) {
    io.field("type", s.type);
    io.field("hard", s.hard);
    io.field("soft", s.soft);
}

template <class Io>
static void fields(Io& io, Process& s) {
    io.field("terminal", s.terminal, Empty::omit);
    io.field("consoleSize", s.console_size, Empty::omit);
    io.field("user", s.user);
    io.field("args", s.args);
    io.field("env", s.env);
    io.field("cwd", s.cwd);
    io.field("capabilities", s.capabilities);
    io.field("rlimits", s.rlimits, Empty::omit);
    io.field("noNewPrivileges", s.no_new_privileges, Empty::omit);
    io.field("apparmorProfile", s.apparmor_profile, Empty::omit);
    io.field("oomScoreAdj", s.oom_score_adj, Empty::omit);
}

template <class Io>
static void fields(Io& io, Root& s) {
    io.field("path", s.path);
    io.field("readonly", s.readonly, Empty::omit);
}

template <class Io>
static void fields(Io& io, Mount& s) {
    io.field("destination", s.destination);
    io.field("type", s.type, Empty::omit);
    io.field("source", s.source, Empty::omit);
    io.field("options", s.options, Empty::omit);
}

template <class Io>
static void fields(Io& io, Device& s) {
    io.field("path", s.path);
    io.field("type", s.type);
    io.field("major", s.major);
    io.field("minor", s.minor);
    io.field("fileMode", s.file_mode, Empty::omit);
    io.field("uid", s.uid, Empty::omit);
    io.field("gid", s.gid, Empty::omit);
}

template <class Io>
static void fields(Io& io, DeviceRule& s) {
    io.field("allow", s.allow);
    io.field("type", s.type, Empty::omit);
    io.field("major", s.major, Empty::omit);
    io.field("minor", s.minor, Empty::omit);
    io.field("access", s.access, Empty::omit);
}

template <class Io>
static void fields(Io& io, MemoryLimits& s) {
    io.field("limit", s.limit, Empty::omit);
    io.field("reservation", s.reservation, Empty::omit);
    io.field("swap", s.swap, Empty::omit);
    io.field("kernelTCP", s.kernel_tcp, Empty::omit);
    io.field("swappiness", s.swappiness, Empty::omit);
    io.field("disableOOMKiller", s.disable_oom_killer, Empty::omit);
}

template <class Io>
static void fields(Io& io, CpuLimits& s) {
    io.field("shares", s.shares, Empty::omit);
    io.field("quota", s.quota, Empty::omit);
    io.field("period", s.period, Empty::omit);
    io.field("realtimeRuntime", s.realtime_runtime, Empty::omit);
    io.field("realtimePeriod", s.realtime_period, Empty::omit);
    io.field("cpus", s.cpus, Empty::omit);
    io.field("mems", s.mems, Empty::omit);
}

template <class Io>
static void fields(Io& io, PidsLimit& s) {
    io.field("limit", s.limit);
}

template <class Io>
static void fields(Io& io, BlockDevice& s) {
    io.field("major", s.major);
    io.field("minor", s.minor);
    io.field("weight", s.weight, Empty::omit);
    io.field("rate", s.rate, Empty::omit);
}

template <class Io>
static void fields(Io& io, BlockLimits& s) {
    io.field("weight", s.weight, Empty::omit);
    io.field("weightDevice", s.weight_device, Empty::omit);
    io.field("throttleReadBpsDevice", s.read_bps, Empty::omit);
    io.field("throttleWriteBpsDevice", s.write_bps, Empty::omit);
    io.field("throttleReadIOPSDevice", s.read_iops, Empty::omit);
    io.field("throttleWriteIOPSDevice", s.write_iops, Empty::omit);
}

template <class Io>
static void fields(Io& io, Resources& s) {
    io.field("devices", s.devices, Empty::omit);
    io.field("memory", s.memory, Empty::omit);
    io.field("cpu", s.cpu, Empty::omit);
    io.field("pids", s.pids, Empty::omit);
    io.field("blockIO", s.block_io, Empty::omit);
}

template <class Io>
static void fields(Io& io, Namespace& s) {
    io.field("type", s.type);
    io.field("path", s.path, Empty::omit);
}

template <class Io>
static void fields(Io& io, SeccompArg& s) {
    io.field("index", s.index);
    io.field("value", s.value);
    io.field("valueTwo", s.value_two, Empty::omit);
    io.field("op", s.op);
}

template <class Io>
static void fields(Io& io, SeccompSyscall& s) {
    io.field("names", s.names);
    io.field("action", s.action);
    io.field("errnoRet", s.errno_ret, Empty::omit);
    io.field("args", s.args, Empty::omit);
}

template <class Io>
static void fields(Io& io, Seccomp& s) {
    io.field("defaultAction", s.default_action);
    io.field("defaultErrnoRet", s.default_errno_ret, Empty::omit);
    io.field("architectures", s.architectures, Empty::omit);
    io.field("flags", s.flags, Empty::omit);
    io.field("syscalls", s.syscalls, Empty::omit);
}

template <class Io>
static void fields(Io& io, Linux& s) {
    io.field("resources", s.resources);
    io.field("cgroupsPath", s.cgroups_path, Empty::omit);
    io.field("namespaces", s.namespaces);
    io.field("devices", s.devices, Empty::omit);
    io.field("seccomp", s.seccomp, Empty::omit);
    io.field("rootfsPropagation", s.rootfs_propagation, Empty::omit);
    io.field("maskedPaths", s.masked_paths, Empty::omit);
    io.field("readonlyPaths", s.readonly_paths, Empty::omit);
    io.field("sysctl", s.sysctl, Empty::omit);
}

template <class Io>
static void fields(Io& io, Hook& s) {
    io.field("path", s.path);
    io.field("args", s.args, Empty::omit);
    io.field("env", s.env, Empty::omit);
}

template <class Io>
static void fields(Io& io, Hooks& s) {
    io.field("prestart", s.prestart, Empty::omit);
    io.field("createRuntime", s.create_runtime, Empty::omit);
    io.field("createContainer", s.create_container, Empty::omit);
    io.field("startContainer", s.start_container, Empty::omit);
    io.field("poststart", s.poststart, Empty::omit);
    io.field("poststop", s.poststop, Empty::omit);
}

template <class Io>
static void fields(Io& io, Spec& s) {
    io.field("ociVersion", s.oci_version);
    io.field("process", s.process);
    io.field("root", s.root);
    io.field("hostname", s.hostname, Empty::omit);
    io.field("domainname", s.domainname, Empty::omit);
    io.field("mounts", s.mounts);
    io.field("annotations", s.annotations, Empty::omit);
    io.field("hooks", s.hooks, Empty::omit);
    io.field("linux", s.linux_);
}

std::string to_json(const Spec& spec) {
    return json::encode(spec);
}

std::string to_json(const Process& process) {
    return json::encode(process);
}

std::string to_json(const Resources& resources) {
    return json::encode(resources);
}

}  // namespace wherry::containers::oci
