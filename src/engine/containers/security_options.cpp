#include "engine/containers/security_options.hpp"

#include "base/text.hpp"

namespace wherry::containers {

namespace {

Error refused(int number, std::string_view option) {
    return fail(ErrorKind::internal, "invalid --security-opt {}: \"{}\"", number, option);
}

/// A switch that is named is on.
Result<bool> switch_value(std::string_view value, std::string_view option) {
    if (value.empty() || value == "true" || value == "1") {
        return true;
    }
    if (value == "false" || value == "0") {
        return false;
    }
    return refused(2, option);
}

}  // namespace

Result<SecurityOptions> parse_security_options(const api::List<std::string>& options) {
    SecurityOptions out;
    for (const std::string& option : options) {
        const auto at = option.find_first_of("=:");
        const std::string_view name = std::string_view(option).substr(0, at);
        const std::string_view value =
            at == std::string::npos ? "" : std::string_view(option).substr(at + 1);
        if (name == "no-new-privileges") {
            TRY(out.no_new_privileges, switch_value(value, option));
        } else if (name == "writable-cgroups") {
            TRY(out.writable_cgroups, switch_value(value, option));
        } else if (name == "disable" && at == std::string::npos) {
            continue;
        } else if (at == std::string::npos) {
            return refused(1, option);
        } else if (name == "seccomp") {
            out.seccomp = value;
        } else if (name == "apparmor") {
            out.apparmor = value;
        } else if (name != "label") {
            return refused(2, option);
        }
    }
    return out;
}

}  // namespace wherry::containers
