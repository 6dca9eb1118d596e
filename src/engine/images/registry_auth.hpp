// How a registry asks for credentials, and what a client gives it: pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace wherry::images {

/// One challenge of a WWW-Authenticate header (RFC 9110, 11.6.1).
struct Challenge {
    std::string scheme;  ///< lower case: "bearer", "basic"
    std::string realm;
    std::string service;
    std::string scope;
    std::string error;
};

/// All challenges of a header's value; what cannot be read is left out.
[[nodiscard]] std::vector<Challenge> parse_challenges(std::string_view header);

/// What a client sent in X-Registry-Auth, or in the body of /auth.
struct Credentials {
    std::string username;
    std::string password;
    std::string identity_token;  ///< an OAuth2 refresh token
    std::string registry_token;  ///< a bearer token that is used as it is
    std::string server_address;

    [[nodiscard]] bool has_login() const noexcept { return !username.empty(); }
};

/// "Basic …"
[[nodiscard]] std::string basic_authorization(const Credentials& credentials);

}  // namespace wherry::images
