// Certificates of registries: the system's, and those that an administrator put into
// certs.d/HOST[:PORT]/ (*.crt are authorities, NAME.cert with NAME.key is our own certificate).
#pragma once

#include <string>

#include "base/result.hpp"
#include "net/http/tls.hpp"

namespace wherry::images {

/// `authority` is the registry's "host[:port]". Reads files: few and small, once a registry.
[[nodiscard]] Result<http::TlsContextPtr> make_registry_tls(const std::string& certs_dir,
                                                            const std::string& authority,
                                                            bool verify);

}  // namespace wherry::images
