#include <algorithm>

#include "base/text.hpp"
#include "engine/containers/seccomp_profile.hpp"

namespace wherry::containers {

namespace {

/// "6.1.0-13-amd64" as {6, 1}; a part that is no number ends it.
std::pair<int, int> kernel_number(std::string_view version) {
    const auto parts = text::split(version, '.');
    const auto number = [&](std::size_t index) {
        if (index >= parts.size()) {
            return 0;
        }
        const auto digits = parts[index].substr(0, parts[index].find_first_not_of("0123456789"));
        return text::parse_int<int>(digits).value_or(0);
    };
    return {number(0), number(1)};
}

bool any_of(const std::vector<std::string>& wanted, const std::vector<std::string>& have) {
    return std::ranges::any_of(
        wanted, [&](const std::string& one) { return std::ranges::find(have, one) != have.end(); });
}

bool included(const SeccompCondition& condition, const SeccompTarget& target) {
    if (!condition.arches.empty() && !any_of(condition.arches, {target.go_arch})) {
        return false;
    }
    const auto has = [&](const std::string& cap) {
        return std::ranges::find(target.caps, cap) != target.caps.end();
    };
    if (!std::ranges::all_of(condition.caps, has)) {
        return false;
    }
    return condition.min_kernel.empty() ||
           kernel_number(target.kernel) >= kernel_number(condition.min_kernel);
}

bool excluded(const SeccompCondition& condition, const SeccompTarget& target) {
    return any_of(condition.arches, {target.go_arch}) || any_of(condition.caps, target.caps) ||
           (!condition.min_kernel.empty() &&
            kernel_number(target.kernel) >= kernel_number(condition.min_kernel));
}

std::string_view seccomp_arch(std::string_view go_arch) {
    constexpr std::pair<std::string_view, std::string_view> names[] = {
        {"amd64", "SCMP_ARCH_X86_64"},
        {"arm64", "SCMP_ARCH_AARCH64"},
        {"386", "SCMP_ARCH_X86"},
        {"arm", "SCMP_ARCH_ARM"},
        {"riscv64", "SCMP_ARCH_RISCV64"},
        {"s390x", "SCMP_ARCH_S390X"},
        {"ppc64le", "SCMP_ARCH_PPC64LE"},
        {"mips64le", "SCMP_ARCH_MIPSEL64"},
        {"loong64", "SCMP_ARCH_LOONGARCH64"}};
    for (const auto& [go, scmp] : names) {
        if (go == go_arch) {
            return scmp;
        }
    }
    return "";
}

std::vector<std::string> architectures(const SeccompProfile& profile, std::string_view go_arch) {
    if (!profile.architectures.empty()) {
        return profile.architectures;
    }
    std::vector<std::string> out;
    for (const SeccompArch& entry : profile.arch_map) {
        if (entry.architecture == seccomp_arch(go_arch)) {
            out.push_back(entry.architecture);
            out.insert(out.end(), entry.sub_architectures.begin(), entry.sub_architectures.end());
        }
    }
    return out;
}

oci::SeccompSyscall to_oci(const SeccompRule& rule) {
    oci::SeccompSyscall out;
    out.names = rule.names;
    out.action = rule.action;
    if (rule.errno_ret >= 0) {
        out.errno_ret = static_cast<std::uint32_t>(rule.errno_ret);
    }
    for (const SeccompArg& arg : rule.args) {
        out.args.push_back({arg.index, arg.value, arg.value_two, arg.op});
    }
    return out;
}

}  // namespace

oci::Seccomp resolve_seccomp(const SeccompProfile& profile, const SeccompTarget& target) {
    oci::Seccomp out;
    out.default_action = profile.default_action;
    if (profile.default_errno_ret >= 0) {
        out.default_errno_ret = static_cast<std::uint32_t>(profile.default_errno_ret);
    }
    out.architectures = architectures(profile, target.go_arch);
    out.flags = profile.flags;
    for (const SeccompRule& rule : profile.syscalls) {
        if (included(rule.includes, target) && !excluded(rule.excludes, target)) {
            out.syscalls.push_back(to_oci(rule));
        }
    }
    return out;
}

}  // namespace wherry::containers
