#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "engine/containers/capabilities.hpp"
#include "engine/containers/seccomp_profile.hpp"

namespace wherry::containers {
namespace {

bool allows(const oci::Seccomp& seccomp, const std::string& name) {
    return std::ranges::any_of(seccomp.syscalls, [&](const oci::SeccompSyscall& rule) {
        return rule.action == "SCMP_ACT_ALLOW" && rule.args.empty() &&
               std::ranges::find(rule.names, name) != rule.names.end();
    });
}

SeccompTarget target(std::vector<std::string> caps) {
    return {.go_arch = "amd64", .kernel = "6.1.0-13-amd64", .caps = std::move(caps)};
}

TEST(Seccomp, default_profile_refuses_with_eperm_and_knows_three_architectures) {
    const auto seccomp = resolve_seccomp(default_seccomp_profile(), target(default_capabilities()));
    EXPECT_EQ(seccomp.default_action, "SCMP_ACT_ERRNO");
    EXPECT_EQ(seccomp.default_errno_ret, 1U);
    EXPECT_THAT(seccomp.architectures,
                testing::ElementsAre("SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"));
}

TEST(Seccomp, capabilities_open_their_calls) {
    const auto usual = resolve_seccomp(default_seccomp_profile(), target(default_capabilities()));
    EXPECT_TRUE(allows(usual, "chroot"));  // CAP_SYS_CHROOT is a default
    EXPECT_TRUE(allows(usual, "ptrace"));  // the kernel is new enough
    for (const char* name : {"mount", "bpf", "reboot", "init_module", "clone3", "clone"}) {
        EXPECT_FALSE(allows(usual, name)) << name;
    }
    const auto admin = resolve_seccomp(default_seccomp_profile(), target({"CAP_SYS_ADMIN"}));
    for (const char* name : {"mount", "bpf", "clone3", "clone", "setns"}) {
        EXPECT_TRUE(allows(admin, name)) << name;
    }
}

TEST(Seccomp, clone3_is_unknown_rather_than_refused) {
    const auto seccomp = resolve_seccomp(default_seccomp_profile(), target({}));
    const auto rule = std::ranges::find_if(seccomp.syscalls, [](const auto& one) {
        return one.names == std::vector<std::string>{"clone3"};
    });
    ASSERT_NE(rule, seccomp.syscalls.end());
    EXPECT_EQ(rule->errno_ret, 38U);
}

TEST(Seccomp, kernels_and_architectures_decide) {
    SeccompTarget old = target({});
    old.kernel = "4.4.0";
    EXPECT_FALSE(allows(resolve_seccomp(default_seccomp_profile(), old), "ptrace"));
    SeccompTarget arm = target({});
    arm.go_arch = "arm64";
    EXPECT_TRUE(allows(resolve_seccomp(default_seccomp_profile(), arm), "cacheflush"));
    EXPECT_FALSE(allows(resolve_seccomp(default_seccomp_profile(), target({})), "cacheflush"));
}

}  // namespace
}  // namespace wherry::containers
