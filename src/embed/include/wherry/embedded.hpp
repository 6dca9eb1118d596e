// An engine inside the program, behind the same client: no daemon is needed. Link wherry::embedded.
// Needs root, and the programs crun, nft and wherry-monitor.
#pragma once

#include "wherry/compiler.hpp"  // first: it refuses compilers that are too old

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "wherry/client.hpp"

namespace wherry {

namespace embed {
class Runner;
}

/// What an engine is started with. Every member has a default that works.
struct Embedded {
    /// Images, containers, volumes: everything that lasts. One engine at a time has it; a second
    /// one is refused (`conflict`).
    std::string state_folder = "/var/lib/wherry-embedded";
    /// Sockets and files of what runs; gone after a reboot. "": /run/wherry-embedded-NAME, a NAME
    /// made of the state folder's.
    std::string run_folder;
    /// "" looks beside the library (or the program), in ../bin of that, then in PATH.
    std::string monitor_program;
    std::string runtime_program = "crun";
    std::string init_program;                   ///< for `Init`; "" finds tini
    std::vector<std::string> registry_mirrors;  ///< "http://127.0.0.1:5000"; of Docker Hub
    std::vector<std::string> insecure_registries;
    std::string registry_certificates = "/etc/docker/certs.d";
    std::string bridge;          ///< "": docker0, or wherry0 where that belongs to somebody else
    std::string bridge_address;  ///< "": 172.17.0.1/16, or what is free
    std::vector<std::string> dns;
    /// Mounts cgroup v1 hierarchies that the machine lacks.
    bool prepare_cgroups = true;
    /// What requests and streams get to end when the engine does.
    std::chrono::milliseconds end_grace{2000};
};

/// An engine that runs in a thread of this process, from `start` until the last copy and the last
/// client of it are gone. Its end leaves containers running, with their logs, ports and exit
/// codes; the next engine on the state folder finds them. Without running containers nothing is
/// left but the state folder. May be used from any thread.
class EmbeddedEngine {
  public:
    /// `denied` without root; `conflict` where another engine has the state folder.
    [[nodiscard]] static Result<EmbeddedEngine> start(const Embedded& options = {});

    /// `options.host` and its TLS are not looked at: the client talks to this engine.
    [[nodiscard]] Client client(const ClientOptions& options = {}) const;
    /// Ends the engine now, and returns when it has ended; clients' calls fail from here on.
    void close();

    /// For those who make clients of other kinds.
    [[nodiscard]] const std::shared_ptr<embed::Runner>& runner() const noexcept { return runner_; }

  private:
    explicit EmbeddedEngine(std::shared_ptr<embed::Runner> runner) : runner_(std::move(runner)) {}
    std::shared_ptr<embed::Runner> runner_;  // shared with the clients
};

/// The client of an engine that is started now and ends with the client's last copy and stream. An
/// engine that could not start tells its error at each call, as an unreachable daemon does.
[[nodiscard]] Client connect(const Embedded& options);

}  // namespace wherry
