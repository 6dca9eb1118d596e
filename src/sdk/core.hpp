// How a call becomes a request: negotiation, gates, deadlines, errors. Everything that talks to the
// daemon goes through here; sync and coroutine clients share it. One executor at a time.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "api/version.hpp"
#include "codec/json/json.hpp"
#include "net/async/mutex.hpp"
#include "net/async/sleep.hpp"
#include "net/async/stop.hpp"
#include "net/http/client.hpp"
#include "sdk/call.hpp"
#include "sdk/endpoint.hpp"
#include "wherry/error.hpp"
#include "wherry/options.hpp"

namespace wherry::sdk {

/// What a call is when its options say nothing.
template <class T>
inline const T none{};

/// A reply's head, with its body still to be read.
struct Opened {
    http::ClientResponse response;
    http::StreamPtr stream;  ///< of an upgrade
    std::string version;     ///< that was in force
    std::stop_token stop;
};

class Core {
  public:
    Core(ClientOptions options, const Environment& environment);
    /// Over a transport of the caller's: tests, an engine in this process.
    Core(ClientOptions options, http::Endpoint transport, std::string name);

    /// The API version of a call, negotiated at the first one.
    [[nodiscard]] Task<Result<std::string>> version_for(CallOptions options);
    /// What the server says is its newest; empty until it was asked.
    [[nodiscard]] const std::string& server_version() const noexcept { return server_version_; }
    /// Sends the call and waits for its head; a status above 399 is an error.
    [[nodiscard]] Task<Result<Opened>> open(Call call, CallOptions options, bool upgrade);
    /// Ends kept connections; on the loop, when nothing runs any more.
    void close() noexcept { client_.reset(); }
    /// "unix:///var/run/docker.sock, from DOCKER_HOST"
    [[nodiscard]] std::string explain() const;
    /// What is known about a call whatever becomes of it.
    [[nodiscard]] ApiError facts(const Call& call, const std::string& version) const;
    [[nodiscard]] Error decorate(Error error, const Call& call, const std::string& version) const;
    [[nodiscard]] const ClientOptions& options() const noexcept { return options_; }

  private:
    Task<Result<http::Client*>> transport();
    Task<Result<std::string>> negotiate();
    Task<Result<http::ClientResponse>> ask_ping();
    Task<Result<Opened>> send(const Call& call, const CallOptions& options, bool upgrade);
    [[nodiscard]] Result<http::ClientRequest> request(Call call, const CallOptions& options,
                                                      const std::string& version) const;
    Result<> apply_gates(Call& call, const std::string& version) const;
    Task<Result<Opened>> fail_with(Opened opened, const Call& call);

    ClientOptions options_;
    Result<Endpoint> endpoint_;
    std::optional<http::Endpoint> transport_;
    std::unique_ptr<http::Client> client_;
    async::Executor executor_;
    async::Mutex negotiating_;
    std::string pinned_;
    std::string negotiated_;
    std::string server_version_;
};

using CorePtr = std::shared_ptr<Core>;  // shared by clients, their calls and streams

/// A whole reply.
struct Reply {
    std::string body;
    http::Headers headers;
    std::string version;
};
[[nodiscard]] Task<Result<Reply>> call_reply(CorePtr core, Call call, CallOptions options);
[[nodiscard]] Task<Result<>> call_none(CorePtr core, Call call, CallOptions options);
[[nodiscard]] Task<Result<std::string>> call_text(CorePtr core, Call call, CallOptions options);
[[nodiscard]] Error unreadable(const Core& core, const Call& call, const Reply& reply,
                               const Error& why);

template <class T>
[[nodiscard]] Task<Result<T>> call_json(CorePtr core, Call call, CallOptions options) {
    CO_TRY(const Reply reply, co_await call_reply(core, call, std::move(options)));
    const json::DecodeOptions keep{.keep_unknown = true};
    auto value = json::decode<T>(reply.body, keep);
    if (!value) {
        co_return unreadable(*core, call, reply, value.error());
    }
    co_return std::move(*value);
}

/// The task under a call's deadline and stop token.
template <class T>
[[nodiscard]] Task<Result<T>> guarded(Task<Result<T>> task, CallOptions options) {
    if (options.deadline) {
        task = async::with_deadline(std::move(task), *options.deadline);
    }
    if (options.stop.stop_possible()) {
        task = async::with_stop(std::move(task), options.stop);
    }
    return task;
}

}  // namespace wherry::sdk
