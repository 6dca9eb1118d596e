// The docker command's contexts: named daemons in its configuration folder.
#pragma once

#include <optional>
#include <string>

#include "base/result.hpp"

namespace wherry::sdk {

struct Context {
    std::string host;
    std::string source;        ///< "the context web"
    std::string certificates;  ///< folder of its TLS files; empty without
    bool skip_verify = false;
};

/// The context called `name`, or with an empty name the configuration's current one; nothing for
/// "default". A context that is asked for and missing is an error.
[[nodiscard]] Result<std::optional<Context>> find_context(const std::string& config_folder,
                                                          const std::string& name);

}  // namespace wherry::sdk
