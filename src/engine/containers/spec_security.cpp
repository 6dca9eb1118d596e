#include "engine/containers/apparmor_profile.hpp"
#include "engine/containers/security_options.hpp"
#include "engine/containers/spec_parts.hpp"

namespace wherry::containers::spec {

Result<Security> security(const api::HostConfig& host, bool has_apparmor) {
    Security out;
    TRY(auto options, parse_security_options(host.security_opt));
    out.no_new_privileges = options.no_new_privileges;
    out.apparmor_profile = confining_profile(host, has_apparmor);
    std::string profile = std::move(options.seccomp);
    if (profile.empty() && host.privileged) {
        profile = "unconfined";
    }
    if (profile != "unconfined") {
        out.seccomp_profile = profile == "builtin" ? "" : profile;
    }
    return out;
}

}  // namespace wherry::containers::spec
