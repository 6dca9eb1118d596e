// Seccomp profiles in Docker's form: rules that hold for some architectures, capabilities and
// kernels, and how one becomes the OCI runtime's `linux.seccomp`. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "engine/containers/oci_spec.hpp"

namespace wherry::containers {

/// A comparison of one argument (seccomp_rule_add(3)): value_two is the datum of a masked equality.
struct SeccompArg {
    std::uint32_t index = 0;
    std::uint64_t value = 0;
    std::uint64_t value_two = 0;
    std::string op;
};

/// When a rule holds; empty lists and versions always do.
struct SeccompCondition {
    std::vector<std::string> arches;  ///< Go names: amd64, arm64 …
    std::vector<std::string> caps;
    std::string min_kernel;
};

struct SeccompRule {
    std::vector<std::string> names;
    std::string action;
    std::vector<SeccompArg> args;
    std::int64_t errno_ret = -1;  ///< -1: the action's own
    SeccompCondition includes;
    SeccompCondition excludes;
};

struct SeccompArch {
    std::string architecture;
    std::vector<std::string> sub_architectures;
};

struct SeccompProfile {
    std::string default_action;
    std::int64_t default_errno_ret = -1;
    std::vector<std::string> architectures;
    std::vector<SeccompArch> arch_map;
    std::vector<std::string> flags;
    std::vector<SeccompRule> syscalls;
};

/// What decides which rules of a profile hold.
struct SeccompTarget {
    std::string go_arch;  ///< "amd64"
    std::string kernel;   ///< "6.1.0-13-amd64"
    std::vector<std::string> caps;
};

/// Docker's default profile (behaviour: default sandbox lists).
[[nodiscard]] const SeccompProfile& default_seccomp_profile();

/// Reads a profile as `--security-opt seccomp=FILE` sends it.
[[nodiscard]] Result<SeccompProfile> parse_seccomp_profile(std::string_view json);

/// The JSON of `linux.seccomp` in an OCI runtime spec.
[[nodiscard]] oci::Seccomp resolve_seccomp(const SeccompProfile& profile,
                                           const SeccompTarget& target);

}  // namespace wherry::containers
