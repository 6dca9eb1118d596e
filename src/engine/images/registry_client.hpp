// One repository of one registry: requests with whatever credentials it asks for, redirects
// followed (credentials stay with the registry). Loop thread only.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "engine/images/registry_auth.hpp"
#include "engine/images/registry_url.hpp"
#include "net/http/client.hpp"

namespace wherry::images {

/// A manifest as the registry gave it, byte for byte.
struct FetchedManifest {
    std::string text;
    std::string media_type;
    std::string digest;  ///< of the text
};

class RegistryClient {
  public:
    struct Target {
        RegistryEndpoint endpoint;
        std::string repository;  ///< "library/alpine"
        std::string actions = "pull";
    };
    RegistryClient(async::Executor executor, Target target, Credentials credentials,
                   std::string certs_dir);

    /// `GET /v2/`: whether there is a registry that lets us in.
    [[nodiscard]] Task<Result<>> ping();
    /// By tag or digest; a digest is checked against the text.
    [[nodiscard]] Task<Result<FetchedManifest>> manifest(std::string reference);
    /// A blob's bytes from `offset` on: status 206, or 200 with everything.
    [[nodiscard]] Task<Result<http::ClientResponse>> blob(const std::string& digest,
                                                          std::uint64_t offset);
    [[nodiscard]] Task<Result<std::vector<std::string>>> tags();

    [[nodiscard]] const RegistryEndpoint& endpoint() const noexcept { return target_.endpoint; }

  private:
    struct Ask {
        std::string path;  ///< below the registry's base
        http::Headers headers;
    };
    [[nodiscard]] Task<Result<http::ClientResponse>> get(Ask ask);
    [[nodiscard]] Task<Result<http::ClientResponse>> send(Url url, http::Headers headers);
    [[nodiscard]] Task<Result<http::ClientResponse>> follow(Url url, http::ClientResponse response,
                                                            http::Headers headers);
    [[nodiscard]] Task<Result<bool>> authorize(std::string challenge_header);
    [[nodiscard]] Task<Result<std::string>> fetch_token(Challenge challenge);
    [[nodiscard]] Result<http::Client*> client_of(const Url& url);

    async::Executor executor_;
    Target target_;
    Credentials credentials_;
    std::string certs_dir_;
    std::string authorization_;  ///< the header's value; "" before the registry asks for one
    std::map<std::string, std::unique_ptr<http::Client>> clients_;  ///< by origin
};

/// A registry's answer that is an error: its code and message, as `denied`, `not_found` …
/// (message "manifest unknown: manifest unknown"). Reads the body.
[[nodiscard]] Task<Result<Error>> registry_error(http::ClientResponse response);

}  // namespace wherry::images
