// The URLs that registries and their token servers name, and where a registry is found. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace wherry::images {

struct Url {
    bool https = true;
    std::string host;    ///< without brackets
    std::string port;    ///< never ""
    std::string target;  ///< path and query, never ""

    /// Only http and https.
    [[nodiscard]] static Result<Url> parse(std::string_view text);
    /// "https://host:port", the usual port left out.
    [[nodiscard]] std::string origin() const;
    [[nodiscard]] std::string text() const { return origin() + target; }
    /// Host and port as a Host header and certs.d write them.
    [[nodiscard]] std::string authority() const;
    /// Where a Location header leads from here.
    [[nodiscard]] Result<Url> resolve(std::string_view location) const;
};

/// What the daemon is told about registries.
struct RegistryConfig {
    std::vector<std::string> mirrors;              ///< of docker.io: "http://127.0.0.1:5000"
    std::vector<std::string> insecure_registries;  ///< "host", "host:port" or "10.0.0.0/8"
    std::string certs_dir = "/etc/docker/certs.d";
};

/// One way to reach a registry, to be tried in turn.
struct RegistryEndpoint {
    Url base;             ///< its target is the path before /v2/, without a slash at the end
    bool verify = true;   ///< the certificate
    bool mirror = false;  ///< its failures, of any kind, lead to the next
};

/// How the registry of an image name's domain is reached: docker.io by its mirrors, then by itself;
/// loopback and registries called insecure by https without verification, then by http.
[[nodiscard]] Result<std::vector<RegistryEndpoint>> endpoints_of(std::string_view domain,
                                                                 const RegistryConfig& config);
[[nodiscard]] bool is_insecure(std::string_view domain, const RegistryConfig& config);

}  // namespace wherry::images
