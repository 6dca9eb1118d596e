// The OCI runtime specification's config.json as plain structs (runtime-spec: config.md,
// config-linux.md); only what the engine writes.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace wherry::containers::oci {

using Strings = std::vector<std::string>;

struct Box {
    std::uint32_t height = 0;
    std::uint32_t width = 0;
};

struct User {
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    std::vector<std::uint32_t> additional_gids;
};

struct Capabilities {
    Strings bounding;
    Strings effective;
    Strings permitted;
};

struct Rlimit {
    std::string type;  ///< "RLIMIT_NOFILE"
    std::uint64_t hard = 0;
    std::uint64_t soft = 0;
};

struct Process {
    bool terminal = false;
    std::optional<Box> console_size;
    User user;
    Strings args;
    Strings env;
    std::string cwd;
    Capabilities capabilities;
    std::vector<Rlimit> rlimits;
    bool no_new_privileges = false;
    std::string apparmor_profile;
    std::optional<std::int64_t> oom_score_adj;
};

struct Root {
    std::string path;
    bool readonly = false;
};

struct Mount {
    std::string destination;
    std::string type;
    std::string source;
    Strings options;
};

struct Device {
    std::string path;
    std::string type;
    std::int64_t major = 0;
    std::int64_t minor = 0;
    std::optional<std::uint32_t> file_mode;
    std::optional<std::uint32_t> uid;
    std::optional<std::uint32_t> gid;
};

struct DeviceRule {
    bool allow = false;
    std::string type;
    std::optional<std::int64_t> major;
    std::optional<std::int64_t> minor;
    std::string access;
};

struct MemoryLimits {
    std::optional<std::int64_t> limit;
    std::optional<std::int64_t> reservation;
    std::optional<std::int64_t> swap;
    std::optional<std::int64_t> kernel_tcp;
    std::optional<std::int64_t> swappiness;
    std::optional<bool> disable_oom_killer;
};

struct CpuLimits {
    std::optional<std::int64_t> shares;
    std::optional<std::int64_t> quota;
    std::optional<std::int64_t> period;
    std::optional<std::int64_t> realtime_runtime;
    std::optional<std::int64_t> realtime_period;
    std::string cpus;
    std::string mems;
};

struct PidsLimit {
    std::int64_t limit = 0;
};

/// A block device's weight or rate.
struct BlockDevice {
    std::int64_t major = 0;
    std::int64_t minor = 0;
    std::optional<std::int64_t> weight;
    std::optional<std::int64_t> rate;
};

struct BlockLimits {
    std::optional<std::int64_t> weight;
    std::vector<BlockDevice> weight_device;
    std::vector<BlockDevice> read_bps;
    std::vector<BlockDevice> write_bps;
    std::vector<BlockDevice> read_iops;
    std::vector<BlockDevice> write_iops;
};

struct Resources {
    std::vector<DeviceRule> devices;
    std::optional<MemoryLimits> memory;
    std::optional<CpuLimits> cpu;
    std::optional<PidsLimit> pids;
    std::optional<BlockLimits> block_io;
};

struct Namespace {
    std::string type;
    std::string path;
};

struct SeccompArg {
    std::uint32_t index = 0;
    std::uint64_t value = 0;
    std::uint64_t value_two = 0;
    std::string op;
};

struct SeccompSyscall {
    Strings names;
    std::string action;
    std::optional<std::uint32_t> errno_ret;
    std::vector<SeccompArg> args;
};

struct Seccomp {
    std::string default_action;
    std::optional<std::uint32_t> default_errno_ret;
    Strings architectures;
    Strings flags;
    std::vector<SeccompSyscall> syscalls;
};

struct Linux {
    Resources resources;
    std::string cgroups_path;
    std::vector<Namespace> namespaces;
    std::vector<Device> devices;
    std::optional<Seccomp> seccomp;
    std::string rootfs_propagation;
    Strings masked_paths;
    Strings readonly_paths;
    std::map<std::string, std::string> sysctl;
};

/// A program that the runtime starts at a stage of the container's life.
struct Hook {
    std::string stage;  ///< "createContainer" …
    std::string path;
    Strings args;
    Strings env;
};

struct Hooks {
    std::vector<Hook> prestart;
    std::vector<Hook> create_runtime;
    std::vector<Hook> create_container;
    std::vector<Hook> start_container;
    std::vector<Hook> poststart;
    std::vector<Hook> poststop;
};

struct Spec {
    std::string oci_version = "1.0.2";
    Process process;
    Root root;
    std::string hostname;
    std::string domainname;
    std::vector<Mount> mounts;
    std::map<std::string, std::string> annotations;
    std::optional<Hooks> hooks;
    Linux linux_;
};

/// The text of config.json.
[[nodiscard]] std::string to_json(const Spec& spec);
/// Of a process that is started in a running container.
[[nodiscard]] std::string to_json(const Process& process);
/// Of an update.
[[nodiscard]] std::string to_json(const Resources& resources);

}  // namespace wherry::containers::oci
