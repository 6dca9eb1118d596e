// What a client is made with, and what each call may carry.
#pragma once

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "wherry/compiler.hpp"

namespace wherry {

using Duration = std::chrono::nanoseconds;
/// Header fields by name, in order.
using HeaderList = std::vector<std::pair<std::string, std::string>>;

/// Limits of the phases of a request; zero means none. There is none on a whole call unless the
/// call asks for one (`CallOptions::deadline`), so that streams and waits live as long as they
/// must.
struct Timeouts {
    Duration connect = std::chrono::seconds(30);  ///< name look-up included
    Duration tls = std::chrono::seconds(30);
    Duration first_byte{0};  ///< from the request's last byte to the reply's head
    Duration idle{0};        ///< between two pieces of a reply
};

/// What happens to a parameter that the API version in force does not know.
enum class Gate {
    lenient,  ///< it is left out, and a line of the log says so
    strict,   ///< the call fails, naming the parameter and the version that it needs
};

struct ClientOptions {
    /// "unix:///var/run/docker.sock", "tcp://host:2376", "http://…", "https://…",
    /// "ssh://[user@]host"; empty: from the environment (DOCKER_HOST, then the context of the
    /// docker command, then the default socket).
    std::string host;
    /// Folder with ca.pem, cert.pem and key.pem; empty: from the environment.
    std::string certificates;
    /// TLS and the check of the server's certificate; absent: DOCKER_TLS_VERIFY says.
    std::optional<bool> tls_verify;
    /// Pins the API version ("1.44") and switches negotiation off; empty: DOCKER_API_VERSION, and
    /// without that the version is negotiated.
    std::string api_version;
    Gate gate = Gate::lenient;
    Timeouts timeouts;
    HeaderList headers;  ///< sent with every request
};

/// For one call. All of it is optional.
struct CallOptions {
    /// Of the whole call; for a stream until it is open.
    std::optional<Duration> deadline;
    /// A request to stop cancels the call, or the stream that it opened, from any thread.
    std::stop_token stop;
    HeaderList headers;
    /// This call's API version; nothing is negotiated for it.
    std::string api_version;
};

}  // namespace wherry
