// Which daemon a client talks to, and which rule says so. The rules are the docker command's.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "net/http/client.hpp"
#include "sdk/ssh.hpp"
#include "wherry/options.hpp"

namespace wherry::sdk {

/// A variable of the environment; nothing where it is not set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;
[[nodiscard]] Environment process_environment();

inline constexpr std::string_view default_host = "unix:///var/run/docker.sock";

struct Endpoint {
    std::string text;    ///< "unix:///var/run/docker.sock"
    std::string source;  ///< "DOCKER_HOST", "the context web", …
    bool is_unix = false;
    std::optional<SshTarget> ssh;  ///< of ssh://
    std::string path;              ///< of a unix socket
    std::string host;              ///< of TCP
    std::string port;
    std::string prefix;  ///< path in front of all requests, of TCP
    bool tls = false;
    bool tls_verify = true;
    std::string certificates;  ///< folder with ca.pem, cert.pem, key.pem; may be empty
};

[[nodiscard]] Result<Endpoint> resolve_endpoint(const ClientOptions& options,
                                                const Environment& environment);
/// Reads the certificates.
[[nodiscard]] Result<http::Endpoint> transport_of(const Endpoint& endpoint);

}  // namespace wherry::sdk
