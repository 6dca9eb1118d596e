#include "bin/wherryd/options.hpp"

#include "base/text.hpp"

namespace wherry::daemon {

namespace {

const OptionEntry table[] = {
    {"hosts", "-H,--host", "Daemon socket(s) to connect to (unix://, tcp://, fd://)",
     &Options::hosts},
    {"group", "-G,--group", "Group for the unix socket", &Options::group},
    {"data-root", "--data-root", "Root directory of persistent state", &Options::data_root},
    {"exec-root", "--exec-root", "Root directory for execution state files", &Options::exec_root},
    {"pidfile", "-p,--pidfile", "Path to use for daemon PID file", &Options::pidfile},
    {"log-level", "-l,--log-level", "Set the logging level (\"debug\"|\"info\"|\"warn\"|\"error\")",
     &Options::log_level},
    {"debug", "-D,--debug", "Enable debug mode", &Options::debug},
    {"min-api-version", "--min-api-version", "Lowest API version to answer",
     &Options::min_api_version},
    {"registry-mirrors", "--registry-mirror", "Preferred registry mirror of Docker Hub",
     &Options::registry_mirrors},
    {"insecure-registries", "--insecure-registry", "Enable insecure registry communication",
     &Options::insecure_registries},
    {"registry-certs", "--registry-certs", "Folder of the registries' own certificates",
     &Options::registry_certs},
    {"tls", "--tls", "Use TLS on TCP hosts; implied by --tlsverify", &Options::tls},
    {"tlsverify", "--tlsverify", "Use TLS and verify the remote", &Options::tlsverify},
    {"tlscacert", "--tlscacert", "Trust certs signed only by this CA", &Options::tlscacert},
    {"tlscert", "--tlscert", "Path to TLS certificate file", &Options::tlscert},
    {"tlskey", "--tlskey", "Path to TLS key file", &Options::tlskey},
    {"labels", "--label", "Set key=value labels to the daemon", &Options::labels},
    {"experimental", "--experimental", "Enable experimental features", &Options::experimental},
    {"bridge", "-b,--bridge", "Attach containers to a network bridge (\"none\" for no bridge)",
     &Options::bridge},
    {"fixed-cidr", "--fixed-cidr", "IPv4 subnet for the default bridge network",
     &Options::fixed_cidr},
    {"ip", "--ip", "Host IP for port publishing from the default bridge network", &Options::ip},
    {"icc", "--icc", "Enable inter-container communication for the default bridge network",
     &Options::icc},
    {"mtu", "--mtu", "Set the MTU for the default \"bridge\" network", &Options::mtu},
    {"bip", "--bip", "IPv4 address for the default bridge", &Options::bip},
    {"dns", "--dns", "DNS server to use", &Options::dns},
    {"dns-opts", "--dns-opt", "DNS options to use", &Options::dns_opts},
    {"dns-search", "--dns-search", "DNS search domains to use", &Options::dns_search},
    {"log-driver", "--log-driver", "Default driver for container logs", &Options::log_driver},
    {"log-opts", "--log-opt", "Default log driver options for containers", &Options::log_opts},
    {"default-shm-size", "--default-shm-size", "Default shm size for containers",
     &Options::default_shm_size},
    {"default-runtime", "--default-runtime", "Default OCI runtime for containers",
     &Options::default_runtime},
    {"runtimes", "--add-runtime", "Register an additional OCI compatible runtime (name=path)",
     &Options::runtimes},
    {"init-path", "--init-path", "Path to the init binary", &Options::init_path},
    {"monitor-path", "--monitor-path", "Path to wherry-monitor (default: beside wherryd)",
     &Options::monitor_path},
    {"discard-blobs", "--discard-blobs", "Drop compressed layers after they were unpacked",
     &Options::discard_blobs},
    {"keep-cgroups", "--keep-cgroups",
     "Leave the machine's control groups as they are: mount nothing, set no option",
     &Options::keep_cgroups},
    {"seccomp-bpf", "--seccomp-bpf",
     "Compile seccomp filters in the engine (default true; false: by the runtime, at each start)",
     &Options::seccomp_bpf},
    {"on-demand-grace", "--on-demand-grace",
     "How long an on-demand engine stays when nothing runs and nobody is connected",
     &Options::on_demand_grace},
    {"busy-poll", "--busy-poll",
     "Microseconds to stay awake for a client that asks in quick succession (0 to sleep at once)",
     &Options::busy_poll},
    {"", "--on-demand", "End when no container runs and no client is connected; leave nothing",
     &Options::on_demand},
    {"", "--config-file", "Daemon configuration file (default \"/etc/wherry/daemon.json\")",
     &Options::config_file},
    {"", "--validate", "Validate daemon configuration and exit", &Options::validate},
    {"", "-v,--version", "Print version information and quit", &Options::version},
};

struct Show {
    const Options& options;

    std::string operator()(std::string Options::* member) const { return options.*member; }
    std::string operator()(bool Options::* member) const {
        return options.*member ? "true" : "false";
    }
    std::string operator()(std::int64_t Options::* member) const {
        return std::to_string(options.*member);
    }
    std::string operator()(StringList Options::* member) const {
        return "[" + text::join(options.*member, " ") + "]";
    }
    std::string operator()(KeyValues Options::* member) const {
        StringList parts;
        for (const auto& [key, value] : options.*member) {
            parts.push_back(key + ":" + value);
        }
        return "map[" + text::join(parts, " ") + "]";
    }
    std::string operator()(RuntimeList Options::* member) const {
        StringList parts;
        for (const RuntimeOption& one : options.*member) {
            parts.push_back(one.name + ":" + one.path);
        }
        return "map[" + text::join(parts, " ") + "]";
    }
};

}  // namespace

std::span<const OptionEntry> option_table() {
    return table;
}

std::string show(const OptionEntry& entry, const Options& options) {
    return std::visit(Show{options}, entry.member);
}

}  // namespace wherry::daemon
