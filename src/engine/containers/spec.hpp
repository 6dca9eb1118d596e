// From a container's configuration to the OCI runtime's config.json. Pure: everything that had to
// be looked up (users, mounts, namespaces) is in the input.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/generated/container.hpp"
#include "base/result.hpp"
#include "engine/containers/oci_spec.hpp"
#include "engine/containers/seccomp_bpf.hpp"
#include "os/limits.hpp"

namespace wherry::containers {

/// The payload's identity, resolved against the image's passwd and group files.
struct Identity {
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    std::vector<std::uint32_t> additional_gids;
    std::string home = "/";
};

/// A mount that the container asked for, already decided: a bind, a volume, a tmpfs, or one of
/// the files that the engine makes (resolv.conf, hostname, hosts).
struct PlannedMount {
    std::string type;  ///< "bind" or "tmpfs"
    std::string source;
    std::string destination;
    std::vector<std::string> options;
};

/// Where the payload's namespaces come from: "" a new one, "host" none, else a path.
struct NamespacePlan {
    std::string network;
    std::string pid;
    std::string ipc;
    std::string uts;
    std::string cgroup = "host";
};

/// A device of the host, looked up.
struct PlannedDevice {
    oci::Device device;
    std::string permissions;  ///< "rwm"
    std::string host_path;    ///< where it is looked up, if that is not known yet
};

/// What a device brings with it (CDI).
struct DeviceEdits {
    std::vector<std::string> env;
    std::vector<PlannedDevice> devices;
    std::vector<PlannedMount> mounts;
    std::vector<oci::Hook> hooks;
    std::vector<std::uint32_t> additional_gids;
};

struct SpecInput {
    const api::ContainerConfig& config;
    const api::HostConfig& host;
    std::string id;
    std::string hostname;
    std::vector<std::string> args;  ///< entrypoint and command
    std::vector<std::string> env;   ///< without PATH, HOSTNAME, TERM and HOME of the runtime
    Identity identity;
    std::vector<PlannedMount> mounts;
    std::vector<PlannedDevice> devices;
    oci::BlockLimits block_limits;
    std::vector<oci::Hook> hooks;
    NamespacePlan namespaces;
    bool own_network = true;    ///< not the host's, nor another container's
    std::string shared_memory;  ///< folder for /dev/shm, "" for one of its own
    std::string rootfs = "rootfs";
    std::string cgroups_path;
    std::string init_program;  ///< of the host; "" for none
    bool cgroup_v2 = false;
    std::string kernel;
    std::string go_arch;
    os::LimitCeilings ceilings;  ///< what this engine may give at most
    bool apparmor = false;       ///< the host has it
    SeccompFilterPtr seccomp;    ///< null: the runtime compiles the profile
};

struct BuiltSpec {
    std::string json;
    std::vector<std::string> warnings;  ///< limits that had to be clamped
};

/// `invalid` for capabilities, security options, ulimits and devices that make no sense.
[[nodiscard]] Result<BuiltSpec> build_spec(const SpecInput& input);

/// What the container's seccomp filter is made from; nothing for an unconfined one.
[[nodiscard]] Result<std::optional<SeccompSource>> seccomp_source(const api::HostConfig& host,
                                                                  std::string go_arch,
                                                                  std::string kernel);

/// A process beside the payload.
struct BuiltProcess {
    std::string json;    ///< for the OCI runtime
    std::string launch;  ///< for the monitor's launcher; "": only the runtime can start it
};
/// Of `input` count args, env, identity, terminal and folder. `privileged`: with every capability,
/// whatever the container has.
[[nodiscard]] Result<BuiltProcess> build_process(const SpecInput& input, bool privileged);

}  // namespace wherry::containers
