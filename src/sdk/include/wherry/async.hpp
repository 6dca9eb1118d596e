// The client for coroutines. Programs that include this link Boost.Asio (target wherry::async).
#pragma once

#include "wherry/compiler.hpp"  // first: it refuses compilers that are too old

#include <memory>
#include <string>
#include <string_view>

#include "wherry/async_session.hpp"
#include "wherry/async_stream.hpp"
#include "wherry/client.hpp"
#include "wherry/generated/async_operations.hpp"

namespace wherry {

/// A wait that the daemon has taken up. `co_await wait.async_get()` once.
class AsyncPendingWait {
  public:
    class Source {
      public:
        Source() = default;
        Source(const Source&) = delete;
        Source& operator=(const Source&) = delete;
        virtual ~Source() = default;
        virtual Task<Result<Exit>> get() = 0;
    };
    explicit AsyncPendingWait(std::unique_ptr<Source> source) : source_(std::move(source)) {}
    [[nodiscard]] Task<Result<Exit>> async_get() { return source_->get(); }

  private:
    std::unique_ptr<Source> source_;
};

/// The same operations as `Client`, as awaitables. It belongs to the executor of the coroutine that
/// first calls it, whose context must outlive it, and is used by one thread at a time (a strand).
/// A cancelled coroutine gets an error of kind `cancelled`. Options must outlive the call that
/// makes the awaitable, not the wait.
class AsyncClient : public AsyncOperations {
  public:
    [[nodiscard]] static AsyncClient from_env() {
        const ClientOptions options;
        return connect(options);
    }
    [[nodiscard]] static AsyncClient connect(const ClientOptions& options);

    [[nodiscard]] std::string explain() const;
    [[nodiscard]] Task<Result<std::string>> api_version() const;

    [[nodiscard]] Task<Result<Ping>> ping() const;
    [[nodiscard]] Task<Result<Ping>> ping(In<CallOptions> call) const;
    [[nodiscard]] Task<Result<AsyncStream<Progress>>> image_pull(std::string_view reference) const;
    [[nodiscard]] Task<Result<AsyncStream<Progress>>> image_pull(
        std::string_view reference, In<ImagePullOptions> options) const;
    [[nodiscard]] Task<Result<AsyncStream<Progress>>> image_pull(std::string_view reference,
                                                                 In<ImagePullOptions> options,
                                                                 In<CallOptions> call) const;
    [[nodiscard]] Task<Result<AsyncSession>> container_attach(
        std::string_view id, In<ContainerAttachOptions> options) const;
    [[nodiscard]] Task<Result<AsyncSession>> container_attach(std::string_view id,
                                                              In<ContainerAttachOptions> options,
                                                              In<CallOptions> call) const;
    [[nodiscard]] Task<Result<Exit>> container_wait(std::string_view id) const;
    [[nodiscard]] Task<Result<Exit>> container_wait(std::string_view id, WaitUntil until) const;
    [[nodiscard]] Task<Result<Exit>> container_wait(std::string_view id, WaitUntil until,
                                                    In<CallOptions> call) const;
    [[nodiscard]] Task<Result<AsyncPendingWait>> container_wait_begin(std::string_view id,
                                                                      WaitUntil until) const;
    [[nodiscard]] Task<Result<AsyncPendingWait>> container_wait_begin(std::string_view id,
                                                                      WaitUntil until,
                                                                      In<CallOptions> call) const;
    [[nodiscard]] Task<Result<PathStat>> container_archive_info(
        std::string_view id, In<ContainerArchiveInfoOptions> options) const;
    [[nodiscard]] Task<Result<PathStat>> container_archive_info(
        std::string_view id, In<ContainerArchiveInfoOptions> options, In<CallOptions> call) const;
    [[nodiscard]] Task<Result<AsyncSession>> exec_start(std::string_view id,
                                                        In<ExecStartOptions> options) const;
    [[nodiscard]] Task<Result<AsyncSession>> exec_start(std::string_view id,
                                                        In<ExecStartOptions> options,
                                                        In<CallOptions> call) const;
    [[nodiscard]] Task<Result<>> exec_start_detached(std::string_view id) const;
    [[nodiscard]] Task<Result<>> exec_start_detached(std::string_view id,
                                                     In<CallOptions> call) const;
    /// `exec(id, argv("ls", "-l"))`
    [[nodiscard]] Task<Result<ExecResult>> exec(std::string_view container,
                                                api::List<std::string> cmd) const;
    [[nodiscard]] Task<Result<ExecResult>> exec(std::string_view container,
                                                In<ExecOptions> options) const;
    [[nodiscard]] Task<Result<ExecResult>> exec(std::string_view container, In<ExecOptions> options,
                                                In<CallOptions> call) const;
    /// `run("alpine", argv("echo", "hello"))`
    [[nodiscard]] Task<Result<RunResult>> run(std::string_view image,
                                              api::List<std::string> cmd) const;
    [[nodiscard]] Task<Result<RunResult>> run(In<RunOptions> options) const;
    [[nodiscard]] Task<Result<RunResult>> run(In<RunOptions> options, In<CallOptions> call) const;
    [[nodiscard]] Task<Result<RawReply>> call(In<RawCall> request) const;
    [[nodiscard]] Task<Result<RawReply>> call(In<RawCall> request, In<CallOptions> call) const;

    explicit AsyncClient(std::shared_ptr<sdk::Core> core) : AsyncOperations(std::move(core)) {}
};

/// `AsyncClient::from_env()`, for one-liners.
[[nodiscard]] inline AsyncClient async_connect() {
    return AsyncClient::from_env();
}

}  // namespace wherry
