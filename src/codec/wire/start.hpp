// What a monitor must know to run a container. The daemon has written the bundle (config.json and
// the files it binds); the monitor mounts, starts, relays and records.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace wherry::wire {

/// Where config.json has this text, the monitor writes the path of the network namespace's
/// descriptor (`linux.namespaces[].path`).
inline constexpr std::string_view network_namespace_token = "@WHERRY_NETWORK_NAMESPACE@";

enum class MessageType : std::uint16_t {
    hello = 1,
    done = 2,
    failure = 3,
    started = 4,
    attached = 5,
    exited = 6,
    attach_ended = 7,
    out_of_memory = 8,
    exec_started = 9,
    exec_ended = 10,
    exec_list = 11,
    health = 12,
    launched = 13,

    start = 32,
    hold = 33,
    attach = 34,
    resize = 35,
    signal = 36,
    close_stdin = 37,
    acknowledge_exit = 38,
    kill = 39,
    quit = 40,
    exec = 41,
    list_execs = 42,
    forget_exec = 43,
    ask_health = 44,
    pause_health = 45,
    process_plan = 46,
    launch = 47,
};

/// What a passed descriptor is for.
enum class FdRole : std::uint8_t {
    held = 0,               ///< kept open for as long as the container runs (a reserved port)
    network_namespace = 1,  ///< at most one
    relay = 2,              ///< named by a Relay
    runtime = 3,            ///< the OCI runtime's program, to be started instead of its path
    launcher = 4,           ///< the monitor's own program, to start processes beside the payload
};

enum class LogDriver : std::uint8_t {
    none = 0,
    json_file = 1,
    local = 2,
    syslog = 3,
    journald = 4
};

/// How a syslog message is written.
enum class SyslogFormat : std::uint8_t {
    unix_local = 0,
    rfc3164 = 1,
    rfc5424 = 2,
    rfc5424micro = 3
};

/// The container's root file system, mounted by the monitor in its own mount namespace.
struct OverlayPlan {
    std::string base;                 ///< the folder that `lowers` are below
    std::vector<std::string> lowers;  ///< relative to base, the top one first
    std::string upper;                ///< empty: read-only
    std::string work;
    std::string target;  ///< the mount point; empty: nothing is mounted
};

struct LogPlan {
    LogDriver driver = LogDriver::none;
    std::string path;
    std::uint64_t max_size = 0;  ///< bytes; 0: no limit
    std::uint32_t max_file = 1;
    bool compress = false;  ///< the daemon compresses rotated files; told so that it can be asked
    bool non_blocking = false;
    std::uint64_t buffer_size = 0;  ///< of non-blocking mode, bytes; 0: 1 MB
    std::string attributes;         ///< a JSON object, or empty

    // Of syslog and journald; `path` is then a copy in the format of `local`, empty for none.
    std::string address;  ///< "udp://1.2.3.4:514", "tcp://[::1]:514", "unixgram:///dev/log" …
    std::string tag;
    std::string host_name;
    SyslogFormat format = SyslogFormat::unix_local;
    std::uint32_t facility = 3;  ///< daemon
    std::string fields;          ///< of journald: constant ones, "NAME=value\n" each
};

enum class RelayProtocol : std::uint8_t { tcp = 0, udp = 1 };

/// Connections of a listening socket are made again inside the container's network namespace.
struct Relay {
    std::uint32_t fd = 0;  ///< index into the passed descriptors
    RelayProtocol protocol = RelayProtocol::tcp;
    std::string address;  ///< numeric, v4 or v6
    std::uint16_t port = 0;
};

/// How the container is probed; times are nanoseconds, 0 stands for Docker's defaults.
struct HealthPlan {
    std::string process;  ///< path of the probe's OCI process (JSON); empty: no probes
    std::string program;  ///< as error texts name it
    std::int64_t interval = 0;
    std::int64_t timeout = 0;
    std::int64_t start_period = 0;
    std::int64_t start_interval = 0;
    std::int32_t retries = 0;
    std::string launch;  ///< path of its ProcessPlan; empty: by the OCI runtime alone
};

struct StartRequest {
    static constexpr auto type = MessageType::start;
    std::string container_id;
    std::string runtime;                         ///< the OCI runtime's program
    std::string runtime_root;                    ///< its --root; empty: its default
    std::vector<std::string> runtime_arguments;  ///< more options before the command
    std::string bundle;
    OverlayPlan overlay;
    bool terminal = false;
    std::uint32_t console_height = 0;  ///< as `process.consoleSize`, which the payload sees first
    std::uint32_t console_width = 0;
    bool open_stdin = false;
    bool stdin_once = false;
    LogPlan log;
    std::vector<FdRole> fds;  ///< of every descriptor passed, in order
    std::vector<Relay> relays;
    std::string exit_record;  ///< path
    std::string pid_file;
    std::string cgroup;  ///< `linux.cgroupsPath`, from the root of the hierarchies
    bool init = false;   ///< the payload's process 1 is an init
    /// The folder that is all the runtime keeps of a container, besides its cgroups: the monitor
    /// moves it into the bundle. Empty: the runtime is asked to `delete`.
    std::string runtime_state;
    HealthPlan health;
    bool unsynced = false;  ///< nobody needs its files after a power cut

    // The monitor's own, not sent.
    std::string runtime_program;  ///< started instead of `runtime`; or empty
    std::string launcher;         ///< starts processes beside the payload; or empty
    std::int32_t payload = 0;     ///< the payload's process 1 while it is there
};

}  // namespace wherry::wire
