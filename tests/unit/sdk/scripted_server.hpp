// A daemon that says what the test tells it to, on a unix socket: remembers each request, answers
// with whatever bytes the script gives.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "os/unique_fd.hpp"
#include "support/temp_dir.hpp"

namespace wherry::test {

struct Request {
    std::string line;  ///< "GET /v1.55/info HTTP/1.1"
    std::string head;  ///< with the line
    std::string body;
    int socket = -1;  ///< for scripts that go on with the connection

    /// The method and the target.
    [[nodiscard]] std::string call() const { return line.substr(0, line.rfind(' ')); }
    [[nodiscard]] bool has(const std::string& text) const {
        return head.find(text) != std::string::npos;
    }
};

/// Gives the bytes of the answer; "" closes the connection.
using Script = std::function<std::string(const Request& request)>;

class ScriptedServer {
  public:
    explicit ScriptedServer(Script script);
    ScriptedServer(const ScriptedServer&) = delete;
    ScriptedServer& operator=(const ScriptedServer&) = delete;
    ~ScriptedServer();

    [[nodiscard]] std::string host() const { return "unix://" + path_; }
    [[nodiscard]] std::vector<Request> requests() const;
    /// The methods and targets, in order.
    [[nodiscard]] std::vector<std::string> calls() const;
    [[nodiscard]] int connections() const;

  private:
    void serve();
    void talk(int socket);

    TempDir folder_;
    std::string path_;
    Script script_;
    os::UniqueFd listener_;
    os::UniqueFd stop_;
    mutable std::mutex mutex_;
    std::vector<Request> requests_;
    int connections_ = 0;
    std::vector<std::thread> talkers_;
    std::thread thread_;
};

/// An answer with Content-Length.
[[nodiscard]] std::string answer(int status, const std::string& body,
                                 const std::string& headers = "");
/// The answer to a ping of a daemon whose newest API is this.
[[nodiscard]] std::string pong(const std::string& api_version);
/// Answers pings, and everything else by `next`.
[[nodiscard]] Script with_ping(Script next, const std::string& api_version = "1.55");

}  // namespace wherry::test
