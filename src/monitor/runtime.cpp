#include "monitor/runtime.hpp"

#include <array>
#include <utility>

#include "base/text.hpp"

namespace wherry::monitor {

namespace {

os::SpawnPlan base_plan(const wire::StartRequest& request) {
    os::SpawnPlan plan;
    plan.program = request.runtime_program.empty() ? request.runtime : request.runtime_program;
    plan.name = request.runtime;
    plan.environment = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"};
    if (!request.runtime_root.empty()) {
        plan.arguments = {"--root", request.runtime_root};
    }
    plan.arguments.insert(plan.arguments.end(), request.runtime_arguments.begin(),
                          request.runtime_arguments.end());
    return plan;
}

}  // namespace

std::string runtime_log(const wire::StartRequest& request) {
    return request.bundle + "/runtime.log";
}

os::SpawnPlan run_plan(const wire::StartRequest& request, const std::string& console_socket) {
    os::SpawnPlan plan = base_plan(request);
    plan.arguments.insert(plan.arguments.end(),
                          {"--log", runtime_log(request), "run", "--detach", "--bundle",
                           request.bundle, "--pid-file", request.pid_file});
    if (!console_socket.empty()) {
        plan.arguments.insert(plan.arguments.end(), {"--console-socket", console_socket});
    }
    plan.arguments.push_back(request.container_id);
    return plan;
}

os::SpawnPlan delete_plan(const wire::StartRequest& request) {
    os::SpawnPlan plan = base_plan(request);
    plan.arguments.insert(plan.arguments.end(), {"delete", "--force", request.container_id});
    return plan;
}

os::SpawnPlan exec_plan(const wire::StartRequest& request, const RuntimeExec& exec) {
    os::SpawnPlan plan = base_plan(request);
    plan.arguments.insert(plan.arguments.end(), {"--log", exec.log, "exec", "--detach", "--process",
                                                 exec.process, "--pid-file", exec.pid_file});
    if (!exec.console.empty()) {
        plan.arguments.insert(plan.arguments.end(), {"--console-socket", exec.console});
    }
    plan.arguments.push_back(request.container_id);
    return plan;
}

wire::Failure exec_failure(std::string_view program, const wire::Failure& failure) {
    constexpr std::string_view prefix = "OCI runtime exec failed: exec failed: ";
    const auto code = failure.code;
    std::string why;
    if (code == wire::FailureCode::not_found) {
        why = program.find('/') == std::string_view::npos
                  ? std::string("executable file not found in $PATH")
                  : text::format("stat {}: no such file or directory", program);
    } else if (code == wire::FailureCode::permission) {
        why = "permission denied";
    } else {
        return {code, text::format("{}{}", prefix, failure.text)};
    }
    return {code, text::format("{}unable to start container process: exec: \"{}\": {}", prefix,
                               program, why)};
}

wire::FailureCode classify(std::string_view text) {
    using wire::FailureCode;
    // The later entries are contained in texts that the earlier ones know better.
    constexpr std::array<std::pair<std::string_view, FailureCode>, 9> words{{
        {"Are you trying to mount a directory onto a file", FailureCode::not_directory},
        {"not a directory", FailureCode::not_directory},
        {"Not a directory", FailureCode::not_directory},
        {"executable file not found", FailureCode::not_found},
        // crun's word for a folder where a program should be
        {"open executable: Operation not permitted", FailureCode::permission},
        {"permission denied", FailureCode::permission},
        {"Permission denied", FailureCode::permission},
        {"no such file or directory", FailureCode::not_found},
        {"No such file or directory", FailureCode::not_found},
    }};
    for (const auto& [word, code] : words) {
        if (text.find(word) != std::string_view::npos) {
            return code;
        }
    }
    return FailureCode::other;
}

std::optional<pid_t> parse_pid(std::string_view text) {
    const auto pid = text::parse_int<pid_t>(text::trim(text));
    return pid && *pid > 0 ? pid : std::nullopt;
}

std::string with_network_namespace(std::string config, const std::string& path) {
    const auto at = config.find(wire::network_namespace_token);
    if (at != std::string::npos) {
        config.replace(at, wire::network_namespace_token.size(), path);
    }
    return config;
}

}  // namespace wherry::monitor
