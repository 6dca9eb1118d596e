// The OCI process as the monitor's launcher takes it.
#include "base/text.hpp"
#include "codec/wire/launch.hpp"
#include "engine/containers/capabilities.hpp"
#include "engine/containers/seccomp_profile.hpp"
#include "engine/containers/spec_parts.hpp"
#include "os/limits.hpp"

namespace wherry::containers::spec {

namespace {

/// What goes to a monitor in one message has room for little more.
constexpr std::size_t size_limit = std::size_t{64} * 1024;

/// The launcher installs filters as a profile without flags asks for.
bool has_plain_filter(const Security& security) {
    if (!security.seccomp_profile || security.seccomp_profile->empty()) {
        return true;
    }
    const auto profile = parse_seccomp_profile(*security.seccomp_profile);
    return profile.ok() && profile->flags.empty();
}

}  // namespace

std::string launch_plan(const oci::Process& process, const Security& security) {
    if (!has_plain_filter(security)) {
        return {};
    }
    wire::ProcessPlan plan;
    plan.arguments = process.args;
    plan.environment = process.env;
    plan.folder = process.cwd;
    plan.uid = process.user.uid;
    plan.gid = process.user.gid;
    plan.groups = process.user.additional_gids;
    plan.bounding = capability_bits(process.capabilities.bounding);
    plan.effective = capability_bits(process.capabilities.effective);
    plan.permitted = capability_bits(process.capabilities.permitted);
    constexpr std::string_view prefix = "RLIMIT_";
    for (const oci::Rlimit& limit : process.rlimits) {
        const std::string name = text::lower(limit.type.substr(prefix.size()));
        plan.limits.push_back({os::rlimit_number(name), limit.soft, limit.hard});
    }
    plan.no_new_privileges = process.no_new_privileges;
    plan.apparmor_profile = process.apparmor_profile;
    plan.filtered = security.seccomp_profile.has_value();
    plan.adjusts_oom = process.oom_score_adj.has_value();
    plan.oom_score_adj = static_cast<std::int32_t>(process.oom_score_adj.value_or(0));
    std::string encoded = wire::encode(plan, 0);
    if (encoded.size() > size_limit) {
        encoded.clear();
    }
    return encoded;
}

}  // namespace wherry::containers::spec
