// What wherryd can be told, by flag or in daemon.json: one table for both. Names are dockerd's
// where dockerd has the option.
#pragma once

#include <chrono>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.hpp"

namespace wherry::daemon {

using StringList = std::vector<std::string>;
using KeyValues = std::vector<std::pair<std::string, std::string>>;

/// "NAME=PATH" of a flag; in the file {"NAME": {"path": …, "runtimeArgs": […]}}.
struct RuntimeOption {
    std::string name;
    std::string path;
    StringList arguments;
};
using RuntimeList = std::vector<RuntimeOption>;

struct Options {
    StringList hosts;
    std::string group = "docker";
    std::string data_root = "/var/lib/wherry";
    std::string exec_root = "/run/wherry";
    std::string pidfile = "/run/wherry.pid";
    std::string log_level = "info";
    bool debug = false;
    std::string min_api_version = "1.24";
    StringList registry_mirrors;
    StringList insecure_registries;
    std::string registry_certs = "/etc/docker/certs.d";
    bool tls = false;
    bool tlsverify = false;
    std::string tlscacert;
    std::string tlscert;
    std::string tlskey;
    StringList labels;
    bool experimental = false;
    std::string bridge;
    std::string bip;
    std::string fixed_cidr;
    std::string ip = "0.0.0.0";
    bool icc = true;
    std::int64_t mtu = 1500;
    StringList dns;
    StringList dns_opts;
    StringList dns_search;
    std::string log_driver = "json-file";
    KeyValues log_opts;
    std::string default_shm_size = "64MiB";
    std::string default_runtime = "crun";
    RuntimeList runtimes;
    std::string init_path;
    std::string monitor_path;
    bool discard_blobs = false;
    bool keep_cgroups = false;
    bool seccomp_bpf = true;
    std::string on_demand_grace = "3s";
    std::int64_t busy_poll = 200;

    // By flag only.
    std::string config_file;
    bool on_demand = false;
    bool validate = false;
    bool version = false;
};

/// One option: how it is called in the file and on the command line, and where its value goes.
struct OptionEntry {
    std::string_view key;   ///< in daemon.json; "" for flags that a file cannot hold
    std::string_view flag;  ///< "-H,--host"
    std::string_view help;
    std::variant<std::string Options::*, bool Options::*, std::int64_t Options::*,
                 StringList Options::*, KeyValues Options::*, RuntimeList Options::*>
        member;
};

[[nodiscard]] std::span<const OptionEntry> option_table();

/// The value as dockerd shows it in messages: `true`, `info`, `[a b]`, `map[a:b]`.
[[nodiscard]] std::string show(const OptionEntry& entry, const Options& options);

/// What a command line said: the options, and the keys that it set.
struct ParsedFlags {
    Options options;
    std::set<std::string, std::less<>> set;
    std::string output;  ///< help or version text to print, then exit with `exit_code`
    int exit_code = -1;  ///< -1: go on
};
[[nodiscard]] ParsedFlags parse_flags(int argc, const char* const* argv);

/// Adds what the configuration file says. Unknown keys, wrong types and options given twice are
/// errors in dockerd's words.
[[nodiscard]] Result<> merge_config_file(ParsedFlags& flags);

/// Values that no engine can run with (levels, versions, addresses, sizes).
[[nodiscard]] Result<> validate(const Options& options);

/// Go's simple durations: "3s", "500ms", "1m".
[[nodiscard]] Result<std::chrono::milliseconds> parse_grace(std::string_view text);

/// Bytes of "64m", "64MiB", "1073741824".
[[nodiscard]] Result<std::int64_t> parse_size(std::string_view text);

}  // namespace wherry::daemon
