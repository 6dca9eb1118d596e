// From a container's record to what its run is asked for: the runtime's specification, the
// network's request, the monitor's message. Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "codec/wire/start.hpp"
#include "engine/containers/container.hpp"
#include "engine/containers/containers.hpp"
#include "engine/containers/run_files.hpp"

namespace wherry::containers {

/// A run as it is known once all was looked up.
struct RunFacts {
    const Joined& joined;
    PreparedRun prepared;
    bool host_network = false;  ///< the endpoint has no namespace of its own
    SeccompFilterPtr seccomp;   ///< null: the runtime compiles the profile
};

/// The image that it runs, and those that it mounts: their layers, absolute, by id.
struct RunImages {
    images::RootFs root;
    std::map<std::string, std::vector<std::string>> mounted;
};

/// The daemon mounts something for it below its run's folder.
[[nodiscard]] bool has_run_mounts(const Record& record);
[[nodiscard]] RunPreparation plan_preparation(const Record& record, const store::Layout& layout,
                                              const Settings& settings, const RunImages& images);
[[nodiscard]] Result<networks::EndpointRequest> plan_endpoint(const Record& record,
                                                              const Settings& settings);
/// A process that is started beside the payload.
[[nodiscard]] Result<BuiltProcess> plan_process(const Record& record, const Settings& settings,
                                                const api::ExecCreateRequest& exec,
                                                Identity identity);
/// Its health probe's process; empty if it is not probed.
[[nodiscard]] Result<BuiltProcess> plan_probe(const Record& record, const Settings& settings,
                                              const Identity& identity);
[[nodiscard]] Result<BuiltSpec> plan_spec(const Record& record, const Settings& settings,
                                          const store::Layout& layout, RunFacts facts);
/// Without the log (`plan_log`).
[[nodiscard]] wire::StartRequest plan_start(const Record& record, const Settings& settings,
                                            const store::Layout& layout,
                                            const images::RootFs& root);
/// The control group of those of all containers that ask for no other (CgroupParent).
constexpr std::string_view cgroup_parent = "/wherry";
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
