// The engine as one object: its parts in the order in which they depend on each other. Built by
// `wherryd` and by the embedded engine; handed to every handler.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "net/async/task.hpp"
#include "server/runtime_facts.hpp"

namespace wherry::async {
class Loop;
}
namespace wherry::store {
class Store;
}
namespace wherry::images {
class Images;
}
namespace wherry::networks {
class Networks;
}
namespace wherry::volumes {
class Volumes;
}
namespace wherry::containers {
class Containers;
}

namespace wherry::server {

/// What an engine is told at its start; `wherryd` fills it from flags and daemon.json.
struct EngineConfig {
    std::string data_root = "/var/lib/wherry";
    std::string exec_root = "/run/wherry";
    std::string monitor_program;           ///< "" finds wherry-monitor beside the program
    std::string runtime_program = "crun";  ///< the default runtime: a name of `runtimes`, or a path
    /// More OCI runtimes by name.
    struct RuntimeEntry {
        std::string name;
        std::string path;
        std::vector<std::string> arguments;
    };
    std::vector<RuntimeEntry> runtimes;
    std::string init_program;  ///< "" finds tini
    std::vector<std::string> registry_mirrors;
    std::vector<std::string> insecure_registries;
    std::string registry_certs = "/etc/docker/certs.d";
    std::string min_api_version = "1.24";
    std::string bridge;          ///< "" for docker0, or what is free; "none" for none
    std::string bridge_address;  ///< "" for 172.17.0.1/16
    std::string address_range;   ///< of the default bridge's containers; "" for all of its subnet
    std::string host_ip;         ///< where ports are published by default; "" for everywhere
    bool inter_container = true;
    unsigned mtu = 1500;
    std::vector<std::string> labels;
    std::vector<std::string> dns;
    std::vector<std::string> dns_search;
    std::vector<std::string> dns_options;
    bool experimental = false;
    bool discard_blobs = false;
    bool prepare_cgroups = true;
    bool seccomp_bpf = true;  ///< compile seccomp filters here, where the runtime takes them
    bool debug = false;
    /// Bridge and table are made for the first container that needs them, and go at the end with
    /// all that is empty in the exec root, unless a container runs.
    bool leave_nothing = false;
    std::int64_t default_shm_bytes = 64 << 20;
    std::string log_driver = "json-file";
    std::vector<std::pair<std::string, std::string>> log_options;
};

struct ObjectCounts {
    std::int64_t running = 0;
    std::int64_t paused = 0;
    std::int64_t stopped = 0;
    std::int64_t images = 0;
};

class Engine {
  public:
    /// Opens the state, finds what runs, and is ready to answer.
    [[nodiscard]] static Result<std::unique_ptr<Engine>> open(EngineConfig config,
                                                              async::Loop& loop);
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;
    ~Engine();

    /// Ends background work; containers run on.
    [[nodiscard]] Task<void> close();

    [[nodiscard]] const EngineConfig& config() const noexcept;
    [[nodiscard]] const std::string& id() const noexcept;
    [[nodiscard]] const RuntimeFacts& runtime() const noexcept;
    [[nodiscard]] ObjectCounts counts() const;
    [[nodiscard]] async::Loop& loop() noexcept;
    [[nodiscard]] store::Store& store() noexcept;
    [[nodiscard]] images::Images& images() noexcept;
    [[nodiscard]] networks::Networks& networks() noexcept;
    [[nodiscard]] volumes::Volumes& volumes() noexcept;
    [[nodiscard]] containers::Containers& containers() noexcept;

  private:
    struct Parts;
    [[nodiscard]] Task<> leave();
    explicit Engine(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

}  // namespace wherry::server
