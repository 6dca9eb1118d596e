// The parameters of the operations whose methods are written by hand.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "wherry/options.hpp"
#include "wherry/types.hpp"

namespace wherry {

struct ImagePullOptions {
    std::string platform;  ///< "linux/amd64"; since API 1.32
    std::optional<RegistryAuth> registry_auth;
};

struct ExecStartOptions {
    bool tty = false;  ///< as the exec was created
    /// Of the terminal, in characters; since API 1.42.
    std::int64_t height = 0;
    std::int64_t width = 0;
};

/// A request that has no method of its own.
struct RawCall {
    std::string method = "GET";
    std::string path;  ///< "/containers/json", without version; percent-encoded
    std::vector<std::pair<std::string, std::string>> query;
    std::string body;  ///< JSON, unless a header says otherwise
    HeaderList headers;
};

}  // namespace wherry
