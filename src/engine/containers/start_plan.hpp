// From a container's record to what its run is asked for: the runtime's specification, the
// network's request, the monitor's message. Pure.
#pragma once

#include <string>
#include <string_view>

#include "codec/wire/start.hpp"
#include "engine/containers/container.hpp"
#include "engine/containers/containers.hpp"
#include "engine/containers/run_files.hpp"

namespace wherry::containers {

[[nodiscard]] RunPreparation plan_preparation(const Record& record, const store::Layout& layout,
                                              const images::RootFs& root);
[[nodiscard]] Result<networks::EndpointRequest> plan_endpoint(const Record& record,
                                                              const Settings& settings);
/// What was found out for a run, besides its record.
struct RunFacts {
    Identity identity;
    bool host_network = false;  ///< the endpoint has no namespace of its own
    SeccompFilterPtr seccomp;   ///< null: the runtime compiles the profile
};
/// The JSON of a process that is started beside the payload.
[[nodiscard]] Result<std::string> plan_process(const Record& record, const Settings& settings,
                                               const api::ExecCreateRequest& exec,
                                               Identity identity);
/// The JSON of its health probe's process; "" if it is not probed.
[[nodiscard]] Result<std::string> plan_probe(const Record& record, const Settings& settings,
                                             const Identity& identity);
[[nodiscard]] Result<BuiltSpec> plan_spec(const Record& record, const Settings& settings,
                                          const store::Layout& layout, RunFacts facts);
/// Without the log (`plan_log`).
[[nodiscard]] wire::StartRequest plan_start(const Record& record, const Settings& settings,
                                            const store::Layout& layout,
                                            const images::RootFs& root);
/// Where a container's control groups are, from the root of the hierarchies.
[[nodiscard]] std::string cgroup_path(const Record& record);

/// How a failed start is told: status and text for the client, and the container's exit code.
struct StartError {
    Error error;
    std::int64_t exit_code = 128;
};
[[nodiscard]] StartError start_error(const Record& record, const StartFailure& failure,
                                     const Error& error);

}  // namespace wherry::containers
