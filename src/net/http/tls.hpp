// TLS over any stream, with half-close. OpenSSL is named in tls.cpp only.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "net/async/stream.hpp"

namespace wherry::http {

/// Certificates and rules; shared by all connections that use them.
class TlsContext;

struct TlsServerOptions {
    std::string certificate_file;  ///< PEM, with its chain
    std::string key_file;
    std::string client_ca_file;   ///< with `verify_clients`
    bool verify_clients = false;  ///< refuse clients without a certificate of that CA
};

struct TlsClientOptions {
    std::vector<std::string> ca_files;  ///< PEM; besides the system's store
    bool system_store = true;
    std::string certificate_file;  ///< the client's own, where the server asks for one
    std::string key_file;
    bool verify = true;  ///< the server's chain and host name
};

[[nodiscard]] Result<std::shared_ptr<TlsContext>> make_tls_server(const TlsServerOptions& options);
[[nodiscard]] Result<std::shared_ptr<TlsContext>> make_tls_client(const TlsClientOptions& options);

using TlsContextPtr = std::shared_ptr<TlsContext>;  // shared by connections and their owner
using StreamPtr = std::unique_ptr<async::Stream>;

/// The server's handshake.
[[nodiscard]] Task<Result<StreamPtr>> accept_tls(StreamPtr stream, TlsContextPtr context);
/// The client's handshake; `host` is sent as SNI and checked.
[[nodiscard]] Task<Result<StreamPtr>> connect_tls(StreamPtr stream, TlsContextPtr context,
                                                  std::string host);

}  // namespace wherry::http
