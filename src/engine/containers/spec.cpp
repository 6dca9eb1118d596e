#include "engine/containers/spec.hpp"

#include <algorithm>
#include <iterator>
#include <map>

#include "base/text.hpp"
#include "engine/containers/capabilities.hpp"
#include "engine/containers/ceilings.hpp"
#include "engine/containers/spec_parts.hpp"

namespace wherry::containers {

namespace {

constexpr const char* default_path =
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
constexpr const char* init_in_container = "/sbin/docker-init";

bool has_variable(const std::vector<std::string>& env, std::string_view name) {
    return std::ranges::any_of(env, [&](const std::string& entry) {
        return entry.size() > name.size() && entry.starts_with(name) && entry[name.size()] == '=';
    });
}

/// The engine's variables first, each replaced where the container sets it, HOME last.
std::vector<std::string> environment(const SpecInput& input) {
    std::vector<std::string> env;
    if (!has_variable(input.env, "PATH")) {
        env.emplace_back(default_path);
    }
    if (!has_variable(input.env, "HOSTNAME")) {
        env.push_back("HOSTNAME=" + input.hostname);
    }
    if (input.config.tty && !has_variable(input.env, "TERM")) {
        env.emplace_back("TERM=xterm");
    }
    // A name alone takes a variable away.
    std::ranges::copy_if(input.env, std::back_inserter(env), [](const std::string& entry) {
        return entry.find('=') != std::string::npos;
    });
    if (!has_variable(input.env, "HOME")) {
        env.push_back("HOME=" + input.identity.home);
    }
    return env;
}

std::vector<oci::Namespace> namespaces(const NamespacePlan& plan) {
    std::vector<oci::Namespace> out = {{.type = "mount"}};
    const auto add = [&](const char* type, const std::string& where) {
        if (where != "host") {
            out.push_back({.type = type, .path = where});
        }
    };
    add("network", plan.network);
    add("uts", plan.uts);
    add("pid", plan.pid);
    add("ipc", plan.ipc);
    add("cgroup", plan.cgroup);
    return out;
}

std::map<std::string, std::string> sysctls(const SpecInput& input) {
    std::map<std::string, std::string> out;
    if (input.own_network && input.namespaces.network != "host") {
        out["net.ipv4.ip_unprivileged_port_start"] = "0";
        out["net.ipv4.ping_group_range"] = "0 2147483647";
    }
    for (const auto& [name, value] : input.host.sysctls) {
        out[name] = value;
    }
    return out;
}

void put_process(oci::Process& process, const SpecInput& input) {
    process.terminal = input.config.tty;
    process.user = {input.identity.uid, input.identity.gid, input.identity.additional_gids};
    if (!input.init_program.empty()) {
        process.args = {init_in_container, "--"};
    }
    process.args.insert(process.args.end(), input.args.begin(), input.args.end());
    process.env = environment(input);
    process.cwd = input.config.working_dir.empty() ? "/" : input.config.working_dir;
    if (input.host.oom_score_adj != 0) {
        process.oom_score_adj = within(input.host.oom_score_adj, input.ceilings);
    }
    const auto& box = input.host.console_size;
    if (input.config.tty && box.size() == 2 && (box[0] > 0 || box[1] > 0)) {
        process.console_size =
            oci::Box{static_cast<std::uint32_t>(box[0]), static_cast<std::uint32_t>(box[1])};
    }
}

Result<std::optional<oci::Hooks>> hooks(const std::vector<oci::Hook>& all) {
    if (all.empty()) {
        return std::optional<oci::Hooks>();
    }
    oci::Hooks out;
    const std::map<std::string_view, std::vector<oci::Hook>*> stages = {
        {"prestart", &out.prestart},
        {"createRuntime", &out.create_runtime},
        {"createContainer", &out.create_container},
        {"startContainer", &out.start_container},
        {"poststart", &out.poststart},
        {"poststop", &out.poststop}};
    for (const oci::Hook& hook : all) {
        const auto stage = stages.find(hook.stage);
        if (stage == stages.end()) {
            return fail(ErrorKind::internal, "a device has a hook of the unknown stage {}",
                        hook.stage);
        }
        stage->second->push_back(hook);
    }
    return std::optional(std::move(out));
}

void put_linux(oci::Linux& part, const SpecInput& input) {
    part.cgroups_path = input.cgroups_path;
    part.namespaces = namespaces(input.namespaces);
    part.sysctl = sysctls(input);
    part.rootfs_propagation = spec::rootfs_propagation(input);
    part.masked_paths.assign(input.host.masked_paths.begin(), input.host.masked_paths.end());
    part.readonly_paths.assign(input.host.readonly_paths.begin(), input.host.readonly_paths.end());
    for (const PlannedDevice& planned : input.devices) {
        part.devices.push_back(planned.device);
    }
}

Result<std::vector<std::string>> capabilities_of(const api::HostConfig& host) {
    const std::vector<std::string> add(host.cap_add.begin(), host.cap_add.end());
    const std::vector<std::string> drop(host.cap_drop.begin(), host.cap_drop.end());
    return choose_capabilities(add, drop, host.privileged);
}

Result<> put_seccomp(oci::Spec& spec, const SpecInput& input, const std::string& profile) {
    if (input.seccomp) {
        spec.annotations[seccomp_bpf_annotation] = input.seccomp->base64;
        spec.linux_.seccomp = input.seccomp->rest;
        return {};
    }
    const SeccompTarget target{input.go_arch, input.kernel, spec.process.capabilities.bounding};
    if (profile.empty()) {
        spec.linux_.seccomp = resolve_seccomp(default_seccomp_profile(), target);
        return {};
    }
    TRY(const auto parsed, parse_seccomp_profile(profile));
    spec.linux_.seccomp = resolve_seccomp(parsed, target);
    return {};
}

}  // namespace

Result<std::optional<SeccompSource>> seccomp_source(const api::HostConfig& host,
                                                    std::string go_arch, std::string kernel) {
    TRY(auto security, spec::security(host, false));
    if (!security.seccomp_profile) {
        return std::optional<SeccompSource>();
    }
    TRY(auto capabilities, capabilities_of(host));
    SeccompSource source{.profile = *std::move(security.seccomp_profile),
                         .target = {.go_arch = std::move(go_arch),
                                    .kernel = std::move(kernel),
                                    .caps = std::move(capabilities)}};
    return std::optional(std::move(source));
}

Result<BuiltProcess> build_process(const SpecInput& input, bool privileged) {
    oci::Process process;
    const std::vector<std::string> add(input.host.cap_add.begin(), input.host.cap_add.end());
    const std::vector<std::string> drop(input.host.cap_drop.begin(), input.host.cap_drop.end());
    TRY(const auto capabilities,
        choose_capabilities(add, drop, input.host.privileged || privileged));
    put_process(process, input);
    process.capabilities.bounding = capabilities;
    if (input.identity.uid == 0 || privileged) {
        process.capabilities.effective = capabilities;
        process.capabilities.permitted = capabilities;
    }
    TRY(process.rlimits, spec::rlimits(input));
    TRY(const auto security, spec::security(input.host, input.apparmor));
    process.no_new_privileges = security.no_new_privileges;
    process.apparmor_profile = security.apparmor_profile;
    return BuiltProcess{oci::to_json(process), spec::launch_plan(process, security)};
}

Result<BuiltSpec> build_spec(const SpecInput& input) {
    BuiltSpec built;
    oci::Spec spec;
    TRY(const auto capabilities, capabilities_of(input.host));
    TRY(const auto security, spec::security(input.host, input.apparmor));

    put_process(spec.process, input);
    // A user other than root starts without effective capabilities, as execve(2) would have it.
    spec.process.capabilities.bounding = capabilities;
    if (input.identity.uid == 0) {
        spec.process.capabilities.effective = capabilities;
        spec.process.capabilities.permitted = capabilities;
    }
    TRY(spec.process.rlimits, spec::rlimits(input));
    spec.process.no_new_privileges = security.no_new_privileges;
    spec.process.apparmor_profile = security.apparmor_profile;

    spec.root = {input.rootfs, input.host.readonly_rootfs};
    if (input.namespaces.uts != "host") {
        spec.hostname = input.hostname;
        spec.domainname = input.config.domainname;
    }
    spec.mounts = spec::mounts(input);
    for (const auto& [key, value] : input.host.annotations) {
        spec.annotations[key] = value;
    }
    TRY(spec.hooks, hooks(input.hooks));
    put_linux(spec.linux_, input);
    TRY(spec.linux_.resources, spec::resources(input));
    if (security.seccomp_profile) {
        CHECK_OK(put_seccomp(spec, input, *security.seccomp_profile));
    }
    built.warnings = ceiling_warnings(input.host, input.ceilings);
    built.json = oci::to_json(spec);
    return built;
}

}  // namespace wherry::containers
