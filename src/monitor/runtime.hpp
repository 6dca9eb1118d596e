// The OCI runtime as programs to start and texts to understand; nothing here does anything.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>

#include "codec/wire/message.hpp"
#include "os/process.hpp"

namespace wherry::monitor {

/// `run --detach`: ends when the payload runs, which becomes our child (we are its subreaper).
[[nodiscard]] os::SpawnPlan run_plan(const wire::StartRequest& request,
                                     const std::string& console_socket);
/// `delete --force`: forgets the container and removes its cgroup.
[[nodiscard]] os::SpawnPlan delete_plan(const wire::StartRequest& request);
/// The files of one process that is started beside the payload.
struct RuntimeExec {
    std::string process;  ///< the OCI process's JSON
    std::string pid_file;
    std::string log;
    std::string console;  ///< the socket's path; empty: no terminal
};
/// `exec --detach`: ends when the process runs, which becomes our child.
[[nodiscard]] os::SpawnPlan exec_plan(const wire::StartRequest& request, const RuntimeExec& exec);
/// What a client is told of a process that could not be started, in the reference's words.
[[nodiscard]] wire::Failure exec_failure(std::string_view program, const wire::Failure& failure);
/// Where the runtime leaves its messages.
[[nodiscard]] std::string runtime_log(const wire::StartRequest& request);

/// What kind of failure the runtime's text tells (crun's and runc's words).
[[nodiscard]] wire::FailureCode classify(std::string_view text);
/// A pid file's number; nothing while it is empty or torn.
[[nodiscard]] std::optional<pid_t> parse_pid(std::string_view text);
/// config.json with the network namespace's path in the place of its token.
[[nodiscard]] std::string with_network_namespace(std::string config, const std::string& path);

}  // namespace wherry::monitor
