#include "engine/containers/seccomp_bpf.hpp"

#include <seccomp.h>

#include <array>
#include <cerrno>
#include <optional>
#include <utility>
#include <vector>

#include "base/base64.hpp"
#include "base/text.hpp"
#include "os/file.hpp"

namespace wherry::containers {

namespace {

constexpr std::size_t most_arguments = 6;

struct Release {
    using pointer = scmp_filter_ctx;
    void operator()(scmp_filter_ctx context) const noexcept { ::seccomp_release(context); }
};
using Context = std::unique_ptr<void, Release>;

Result<> check(int code, std::string_view what) {
    return code < 0 ? Result<>(fail(ErrorKind::invalid, "seccomp: {}: error {}", what, -code))
                    : Result<>();
}

Result<std::uint32_t> parse_action(std::string_view name, std::optional<std::uint32_t> errno_ret) {
    const auto value = static_cast<std::uint32_t>(errno_ret.value_or(EPERM)) & 0xffffU;
    const bool with_errno = name == "SCMP_ACT_ERRNO" || name == "SCMP_ACT_TRACE";
    if (errno_ret && !with_errno) {
        return fail(ErrorKind::invalid, "seccomp: errno value specified for action {}", name);
    }
    const std::array<std::pair<std::string_view, std::uint32_t>, 9> actions{
        {{"SCMP_ACT_ALLOW", SCMP_ACT_ALLOW},
         {"SCMP_ACT_ERRNO", SCMP_ACT_ERRNO(value)},
         {"SCMP_ACT_TRACE", SCMP_ACT_TRACE(value)},
         {"SCMP_ACT_KILL", SCMP_ACT_KILL_THREAD},
         {"SCMP_ACT_KILL_THREAD", SCMP_ACT_KILL_THREAD},
         {"SCMP_ACT_KILL_PROCESS", SCMP_ACT_KILL_PROCESS},
         {"SCMP_ACT_TRAP", SCMP_ACT_TRAP},
         {"SCMP_ACT_LOG", SCMP_ACT_LOG},
         {"SCMP_ACT_NOTIFY", SCMP_ACT_NOTIFY}}};
    for (const auto& [known, action] : actions) {
        if (known == name) {
            return action;
        }
    }
    return fail(ErrorKind::invalid, "seccomp: unknown action {}", name);
}

Result<scmp_compare> parse_operator(std::string_view name) {
    constexpr std::array<std::pair<std::string_view, scmp_compare>, 7> operators{
        {{"SCMP_CMP_NE", SCMP_CMP_NE},
         {"SCMP_CMP_LT", SCMP_CMP_LT},
         {"SCMP_CMP_LE", SCMP_CMP_LE},
         {"SCMP_CMP_EQ", SCMP_CMP_EQ},
         {"SCMP_CMP_GE", SCMP_CMP_GE},
         {"SCMP_CMP_GT", SCMP_CMP_GT},
         {"SCMP_CMP_MASKED_EQ", SCMP_CMP_MASKED_EQ}}};
    for (const auto& [known, compare] : operators) {
        if (known == name) {
            return compare;
        }
    }
    return fail(ErrorKind::invalid, "seccomp: unknown operator {}", name);
}

/// "SCMP_ARCH_X86_64" as libseccomp names it: "x86_64".
Result<> add_architecture(const Context& context, std::string_view name) {
    if (name.starts_with("SCMP_ARCH_")) {
        name.remove_prefix(10);
    }
    const std::uint32_t token = ::seccomp_arch_resolve_name(text::lower(name).c_str());
    if (token == 0) {
        return fail(ErrorKind::invalid, "seccomp: unknown architecture {}", name);
    }
    const int code = ::seccomp_arch_add(context.get(), token);
    return code == -EEXIST ? Result<>() : check(code, name);
}

struct Comparisons {
    std::vector<scmp_arg_cmp> all;
    bool one_by_one = false;  ///< several of one argument: any of them is enough
};

Result<Comparisons> comparisons(const oci::SeccompSyscall& rule) {
    Comparisons out;
    std::array<int, most_arguments> seen{};
    for (const oci::SeccompArg& arg : rule.args) {
        if (arg.index >= most_arguments || out.all.size() == most_arguments) {
            return fail(ErrorKind::invalid, "seccomp: bad argument {}", arg.index);
        }
        TRY(const scmp_compare op, parse_operator(arg.op));
        out.one_by_one = out.one_by_one || ++seen[arg.index] > 1;
        out.all.push_back({arg.index, op, arg.value, arg.value_two});
    }
    return out;
}

Result<> add_call(const Context& context, std::uint32_t action, const std::string& name,
                  const Comparisons& compared) {
    const int call = ::seccomp_syscall_resolve_name(name.c_str());
    if (call == __NR_SCMP_ERROR) {
        return {};  // newer than the library: refused by the default action
    }
    if (!compared.one_by_one) {
        const auto count = static_cast<unsigned>(compared.all.size());
        return check(
            ::seccomp_rule_add_array(context.get(), action, call, count, compared.all.data()),
            name);
    }
    for (const scmp_arg_cmp& one : compared.all) {
        CHECK_OK(check(::seccomp_rule_add_array(context.get(), action, call, 1, &one), name));
    }
    return {};
}

Result<std::string> export_filter(const Context& context) {
    TRY(const auto file, os::memory_file("seccomp"));
    CHECK_OK(check(::seccomp_export_bpf(context.get(), file.get()), "export"));
    // Opened again: read from its start.
    return os::read_file(text::format("/proc/self/fd/{}", file.get()));
}

}  // namespace

Result<std::string> compile_seccomp(const oci::Seccomp& profile) {
    TRY(const std::uint32_t fallback,
        parse_action(profile.default_action, profile.default_errno_ret));
    const Context context(::seccomp_init(fallback));
    if (!context) {
        return fail(ErrorKind::invalid, "seccomp: bad default action {}", profile.default_action);
    }
    for (const std::string& name : profile.architectures) {
        CHECK_OK(add_architecture(context, name));
    }
    for (const oci::SeccompSyscall& rule : profile.syscalls) {
        TRY(const std::uint32_t action, parse_action(rule.action, rule.errno_ret));
        if (action == fallback) {
            continue;
        }
        TRY(const Comparisons compared, comparisons(rule));
        for (const std::string& name : rule.names) {
            CHECK_OK(add_call(context, action, name, compared));
        }
    }
    return export_filter(context);
}

std::string SeccompSource::content() const {
    return text::format("{}\n{}\n{}\n{}", target.go_arch, target.kernel,
                        text::join(target.caps, ","), profile);
}

Result<SeccompFilter> make_seccomp_filter(const SeccompSource& source) {
    oci::Seccomp resolved;
    if (source.profile.empty()) {
        resolved = resolve_seccomp(default_seccomp_profile(), source.target);
    } else {
        TRY(const auto profile, parse_seccomp_profile(source.profile));
        resolved = resolve_seccomp(profile, source.target);
    }
    TRY(const std::string program, compile_seccomp(resolved));
    SeccompFilter out{.base64 = base64(program)};
    if (!resolved.flags.empty()) {
        resolved.syscalls.clear();
        out.rest = std::move(resolved);
    }
    return out;
}

SeccompFilterPtr SeccompFilters::find(const std::string& content) const {
    const auto found = filters_.find(content);
    return found == filters_.end() ? nullptr : found->second;
}

void SeccompFilters::add(std::string content, SeccompFilterPtr filter) {
    // Contents are few: a profile or two, two or three sets of capabilities.
    if (filters_.size() >= limit) {
        filters_.clear();
    }
    filters_.insert_or_assign(std::move(content), std::move(filter));
}

}  // namespace wherry::containers
