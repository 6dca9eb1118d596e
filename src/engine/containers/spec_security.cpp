#include "base/text.hpp"
#include "engine/containers/spec_parts.hpp"

namespace wherry::containers::spec {

namespace {

/// "no-new-privileges" and "no-new-privileges=true"; also for "writable-cgroups".
Result<bool> switch_value(std::string_view value, std::string_view option) {
    if (value.empty() || value == "true" || value == "1") {
        return true;
    }
    if (value == "false" || value == "0") {
        return false;
    }
    return fail(ErrorKind::invalid, "invalid --security-opt 2: \"{}\"", option);
}

}  // namespace

Result<Security> security(const api::HostConfig& host) {
    Security out;
    std::string profile = host.privileged ? "unconfined" : "";
    for (const std::string& option : host.security_opt) {
        // Both "label=disable" and the old "label:disable" are said.
        const auto at = option.find_first_of("=:");
        const std::string_view name = std::string_view(option).substr(0, at);
        const std::string_view value =
            at == std::string::npos ? "" : std::string_view(option).substr(at + 1);
        if (name == "no-new-privileges") {
            TRY(out.no_new_privileges, switch_value(value, option));
        } else if (name == "writable-cgroups") {
            TRY(out.writable_cgroups, switch_value(value, option));
        } else if (at == std::string::npos && name != "disable") {
            return fail(ErrorKind::invalid, "invalid --security-opt 1: \"{}\"", option);
        } else if (name == "seccomp") {
            profile = value;
        } else if (name == "apparmor") {
            out.apparmor_profile = value == "unconfined" ? "" : std::string(value);
        } else if (name != "label" && name != "disable" && name != "systempaths") {
            return fail(ErrorKind::invalid, "invalid --security-opt 2: \"{}\"", option);
        }
    }
    if (profile != "unconfined") {
        out.seccomp_profile = profile == "builtin" ? "" : profile;
    }
    return out;
}

}  // namespace wherry::containers::spec
