// The compiled filter against the profile it was made from: a small interpreter of classic BPF runs
// it for every call that libseccomp knows, on every architecture of the profile.
#include "engine/containers/seccomp_bpf.hpp"

#include <gtest/gtest.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <set>
#include <vector>

#include "base/base64.hpp"
#include "engine/containers/capabilities.hpp"
#include "engine/containers/spec.hpp"

namespace wherry::containers {
namespace {

SeccompTarget target(std::vector<std::string> caps) {
    return {.go_arch = "amd64", .kernel = "6.1.0-13-amd64", .caps = std::move(caps)};
}

class Filter {
  public:
    explicit Filter(const std::string& bytes) : code_(bytes.size() / sizeof(sock_filter)) {
        std::memcpy(code_.data(), bytes.data(), code_.size() * sizeof(sock_filter));
    }

    [[nodiscard]] std::uint32_t run(const seccomp_data& data) const {
        std::array<char, sizeof(seccomp_data)> bytes{};
        std::memcpy(bytes.data(), &data, sizeof data);
        std::uint32_t a = 0;
        std::size_t at = 0;
        while (at < code_.size()) {
            const sock_filter& op = code_[at++];
            switch (op.code) {
                case BPF_LD | BPF_W | BPF_ABS:
                    std::memcpy(&a, bytes.data() + op.k, sizeof a);
                    break;
                case BPF_ALU | BPF_AND | BPF_K:
                    a &= op.k;
                    break;
                case BPF_JMP | BPF_JA:
                    at += op.k;
                    break;
                case BPF_JMP | BPF_JEQ | BPF_K:
                    at += a == op.k ? op.jt : op.jf;
                    break;
                case BPF_JMP | BPF_JGT | BPF_K:
                    at += a > op.k ? op.jt : op.jf;
                    break;
                case BPF_JMP | BPF_JGE | BPF_K:
                    at += a >= op.k ? op.jt : op.jf;
                    break;
                case BPF_RET | BPF_K:
                    return op.k;
                default:
                    ADD_FAILURE() << "instruction " << op.code;
                    return 0;
            }
        }
        ADD_FAILURE() << "the filter has no end";
        return 0;
    }

  private:
    std::vector<sock_filter> code_;
};

std::uint32_t run(const Filter& filter, std::uint32_t arch, int call, std::uint64_t first = 0) {
    seccomp_data data{};
    data.arch = arch;
    data.nr = call;
    data.args[0] = first;
    return filter.run(data);
}

Filter compile(std::vector<std::string> caps) {
    const auto resolved = resolve_seccomp(default_seccomp_profile(), target(std::move(caps)));
    const auto program = compile_seccomp(resolved);
    EXPECT_TRUE(program.ok()) << program.error().message();
    return Filter(program.ok() ? *program : "");
}

constexpr std::uint32_t refused = SECCOMP_RET_ERRNO | EPERM;

TEST(SeccompBpf, every_rule_without_arguments_holds_and_the_rest_is_refused) {
    const auto resolved =
        resolve_seccomp(default_seccomp_profile(), target(default_capabilities()));
    const Filter filter = compile(default_capabilities());
    std::set<int> named;
    for (const oci::SeccompSyscall& rule : resolved.syscalls) {
        for (const std::string& name : rule.names) {
            const int call = ::seccomp_syscall_resolve_name_arch(SCMP_ARCH_X86_64, name.c_str());
            if (call < 0) {
                continue;
            }
            named.insert(call);
            if (rule.args.empty() && rule.action == "SCMP_ACT_ALLOW") {
                EXPECT_EQ(run(filter, AUDIT_ARCH_X86_64, call), SECCOMP_RET_ALLOW) << name;
            }
        }
    }
    EXPECT_GT(named.size(), 250U);
    for (int call = 0; call < 600; ++call) {
        if (!named.contains(call)) {
            EXPECT_EQ(run(filter, AUDIT_ARCH_X86_64, call), refused) << call;
        }
    }
}

TEST(SeccompBpf, arguments_errnos_and_architectures_are_kept) {
    const Filter filter = compile(default_capabilities());
    const auto call = [](const char* name) {
        return ::seccomp_syscall_resolve_name_arch(SCMP_ARCH_X86_64, name);
    };
    EXPECT_EQ(run(filter, AUDIT_ARCH_X86_64, call("clone"), 0x11), SECCOMP_RET_ALLOW);
    EXPECT_EQ(run(filter, AUDIT_ARCH_X86_64, call("clone"), 0x10000000), refused);  // CLONE_NEWUSER
    EXPECT_EQ(run(filter, AUDIT_ARCH_X86_64, call("clone3")), SECCOMP_RET_ERRNO | ENOSYS);
    EXPECT_EQ(run(filter, AUDIT_ARCH_X86_64, call("personality"), 8), SECCOMP_RET_ALLOW);
    EXPECT_EQ(run(filter, AUDIT_ARCH_X86_64, call("personality"), 9), refused);
    EXPECT_EQ(run(filter, AUDIT_ARCH_I386, 4), SECCOMP_RET_ALLOW);  // write
    EXPECT_EQ(run(filter, AUDIT_ARCH_I386, 21), refused);           // mount
    EXPECT_NE(run(filter, AUDIT_ARCH_AARCH64, 64), SECCOMP_RET_ALLOW);
}

TEST(SeccompBpf, capabilities_make_another_filter) {
    const int mount = ::seccomp_syscall_resolve_name_arch(SCMP_ARCH_X86_64, "mount");
    EXPECT_EQ(run(compile({}), AUDIT_ARCH_X86_64, mount), refused);
    EXPECT_EQ(run(compile({"CAP_SYS_ADMIN"}), AUDIT_ARCH_X86_64, mount), SECCOMP_RET_ALLOW);
    EXPECT_NE(SeccompSource({.profile = "", .target = target({})}).content(),
              SeccompSource({.profile = "", .target = target({"CAP_SYS_ADMIN"})}).content());
}

TEST(SeccompBpf, own_profiles_keep_their_flags_and_bad_ones_are_refused) {
    SeccompSource source{.profile = R"({"defaultAction":"SCMP_ACT_ALLOW",
        "flags":["SECCOMP_FILTER_FLAG_LOG"],
        "syscalls":[{"names":["mkdir"],"action":"SCMP_ACT_ERRNO","errnoRet":7}]})",
                         .target = target({})};
    const auto made = make_seccomp_filter(source);
    ASSERT_TRUE(made.ok()) << made.error().message();
    ASSERT_TRUE(made->rest.has_value());
    EXPECT_EQ(made->rest->flags, std::vector<std::string>{"SECCOMP_FILTER_FLAG_LOG"});
    EXPECT_TRUE(made->rest->syscalls.empty());
    const Filter filter(base64_decode(made->base64).value_or(""));
    EXPECT_EQ(run(filter, AUDIT_ARCH_X86_64, 83), SECCOMP_RET_ERRNO | 7U);  // mkdir
    EXPECT_EQ(run(filter, AUDIT_ARCH_X86_64, 39), SECCOMP_RET_ALLOW);

    for (const char* bad :
         {R"({"defaultAction":"SCMP_ACT_WHAT"})",
          R"({"defaultAction":"SCMP_ACT_ALLOW","defaultErrnoRet":3})",
          R"({"defaultAction":"SCMP_ACT_ALLOW","architectures":["SCMP_ARCH_Z9"]})", "no JSON"}) {
        source.profile = bad;
        EXPECT_FALSE(make_seccomp_filter(source).ok()) << bad;
    }
}

TEST(SeccompBpf, the_cache_is_bounded) {
    SeccompFilters filters;
    for (std::size_t i = 0; i <= SeccompFilters::limit; ++i) {
        filters.add(std::to_string(i), std::make_shared<const SeccompFilter>());
    }
    EXPECT_LE(filters.size(), SeccompFilters::limit);
    EXPECT_NE(filters.find(std::to_string(SeccompFilters::limit)), nullptr);
    EXPECT_EQ(filters.find("0"), nullptr);
}

TEST(SeccompBpf, the_specification_has_the_filter_instead_of_the_profile) {
    const api::ContainerConfig config;
    api::HostConfig host;
    SpecInput input{.config = config, .host = host};
    input.go_arch = "amd64";
    input.kernel = "6.1.0";
    const auto ordinary = build_spec(input);
    input.seccomp = std::make_shared<const SeccompFilter>(SeccompFilter{.base64 = "QUJD"});
    const auto compiled = build_spec(input);
    ASSERT_TRUE(ordinary.ok() && compiled.ok());
    EXPECT_NE(ordinary->json.find(R"("defaultAction":"SCMP_ACT_ERRNO")"), std::string::npos);
    EXPECT_EQ(compiled->json.find("defaultAction"), std::string::npos);
    EXPECT_NE(compiled->json.find(R"("run.oci.seccomp_bpf_data":"QUJD")"), std::string::npos);

    host.security_opt.push_back("seccomp=unconfined");
    const auto unconfined = build_spec(input);
    ASSERT_TRUE(unconfined.ok());
    EXPECT_EQ(unconfined->json.find("seccomp"), std::string::npos);
    const auto source = seccomp_source(host, "amd64", "6.1.0");
    ASSERT_TRUE(source.ok());
    EXPECT_FALSE(source->has_value());
}

}  // namespace
}  // namespace wherry::containers
