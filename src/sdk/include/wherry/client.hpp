// The blocking client. For coroutines: wherry/async.hpp, with the same operations.
#pragma once

#include "wherry/compiler.hpp"  // first: it refuses compilers that are too old

#include <memory>
#include <string>
#include <string_view>

#include "codec/json/value.hpp"
#include "wherry/error.hpp"
#include "wherry/exec.hpp"
#include "wherry/generated/client_operations.hpp"
#include "wherry/options.hpp"
#include "wherry/requests.hpp"
#include "wherry/run.hpp"
#include "wherry/session.hpp"
#include "wherry/stream.hpp"
#include "wherry/wait.hpp"

namespace wherry {

namespace sdk {
class WaitState;
}

/// A wait that the daemon has taken up, and that therefore misses nothing from then on.
class PendingWait {
  public:
    explicit PendingWait(std::unique_ptr<sdk::WaitState> state);
    PendingWait(PendingWait&&) noexcept;
    PendingWait& operator=(PendingWait&&) noexcept;
    PendingWait(const PendingWait&) = delete;
    PendingWait& operator=(const PendingWait&) = delete;
    ~PendingWait();
    /// Blocks until the container has ended.
    [[nodiscard]] Result<Exit> get();

  private:
    std::unique_ptr<sdk::WaitState> state_;
};

/// A reply of `call`: what came, as it came.
struct RawReply {
    std::string body;
    HeaderList headers;
    std::string api_version;
};

/// Copies share one connection pool and one loop, which runs in a thread of the client's. All
/// methods may be called from any thread at the same time; a stream or session belongs to one
/// thread at a time. Nothing is sent before the first call; an address that makes no sense fails
/// there.
class Client : public ClientOperations {
  public:
    /// DOCKER_HOST, DOCKER_TLS_VERIFY, DOCKER_CERT_PATH, DOCKER_API_VERSION and the docker
    /// command's context say where and how.
    [[nodiscard]] static Client from_env() { return connect({}); }
    [[nodiscard]] static Client connect(const ClientOptions& options);

    /// Where the client connects to, and which rule said so; the API version, once it is known.
    [[nodiscard]] std::string explain() const;
    /// The version in force: pinned, or negotiated now if it was not yet.
    [[nodiscard]] Result<std::string> api_version(const CallOptions& call = {}) const;

    [[nodiscard]] Result<Ping> ping(const CallOptions& call = {}) const;
    /// "alpine", "alpine:3.20", "registry:5000/team/app@sha256:…"; without a tag it is "latest".
    [[nodiscard]] Result<Stream<Progress>> image_pull(std::string_view reference,
                                                      const ImagePullOptions& options = {},
                                                      const CallOptions& call = {}) const;
    [[nodiscard]] Result<Session> container_attach(std::string_view id,
                                                   const ContainerAttachOptions& options = {},
                                                   const CallOptions& call = {}) const;
    [[nodiscard]] Result<Exit> container_wait(std::string_view id, const WaitOptions& options = {},
                                              const CallOptions& call = {}) const;
    /// Returns as soon as the daemon waits: what happens after that is not missed. Below API 1.30 a
    /// daemon does not tell, and the wait is sent by `get()`.
    [[nodiscard]] Result<PendingWait> container_wait_begin(std::string_view id,
                                                           const WaitOptions& options,
                                                           const CallOptions& call = {}) const;
    [[nodiscard]] Result<PathStat> container_archive_info(
        std::string_view id, const ContainerArchiveInfoOptions& options,
        const CallOptions& call = {}) const;
    [[nodiscard]] Result<Session> exec_start(std::string_view id, const ExecStartOptions& options,
                                             const CallOptions& call = {}) const;
    /// Starts the process and does not stay with it.
    [[nodiscard]] Result<> exec_start_detached(std::string_view id,
                                               const CallOptions& call = {}) const;

    /// Starts a command in a container that runs, gives it its input, collects its output and its
    /// exit code.
    [[nodiscard]] Result<ExecResult> exec(std::string_view container, const ExecOptions& options,
                                          const CallOptions& call = {}) const;
    /// Creates (pulls first, if the image is missing), attaches, waits, starts, collects the output
    /// and the exit code, removes.
    [[nodiscard]] Result<RunResult> run(const RunOptions& options,
                                        const CallOptions& call = {}) const;

    /// Any operation of the catalogue ("ContainerInspect"), or any path: for what has no method.
    [[nodiscard]] Result<RawReply> call(const RawCall& request, const CallOptions& call = {}) const;

    /// For those who make a client of their own transport.
    explicit Client(std::shared_ptr<sdk::ClientState> state) : ClientOperations(std::move(state)) {}
};

/// `Client::from_env()`, for one-liners.
[[nodiscard]] inline Client connect() {
    return Client::from_env();
}

}  // namespace wherry
