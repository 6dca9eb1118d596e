#include "engine/images/registry_tls.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "os/file.hpp"
#include "os/tree.hpp"

namespace wherry::images {

Result<http::TlsContextPtr> make_registry_tls(const std::string& certs_dir,
                                              const std::string& authority, bool verify) {
    http::TlsClientOptions options;
    options.verify = verify;
    const std::string folder = text::format("{}/{}", certs_dir, authority);
    auto names = os::list_dir(folder);
    if (names) {
        std::ranges::sort(*names);
        for (const std::string& name : *names) {
            if (name.ends_with(".crt")) {
                options.ca_files.push_back(text::format("{}/{}", folder, name));
            } else if (name.ends_with(".cert") && options.certificate_file.empty()) {
                const std::string key = name.substr(0, name.size() - 5) + ".key";
                if (!os::exists(text::format("{}/{}", folder, key))) {
                    return fail(ErrorKind::internal, "missing key {} for client certificate {}",
                                key, name);
                }
                options.certificate_file = text::format("{}/{}", folder, name);
                options.key_file = text::format("{}/{}", folder, key);
            }
        }
    }
    return http::make_tls_client(options);
}

}  // namespace wherry::images
