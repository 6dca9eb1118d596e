// What a run of a container needs on disk before its monitor starts. All of it blocks.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "engine/containers/devices.hpp"
#include "engine/containers/run_mounts.hpp"
#include "engine/containers/spec.hpp"
#include "engine/networks/endpoint.hpp"

namespace wherry::containers {

/// Folders and look-ups that do not depend on the network.
struct RunPreparation {
    std::string run_folder;
    std::string upper;
    std::vector<std::string> lowers;  ///< the image's layers, topmost first, absolute
    std::string user;
    std::vector<std::string> extra_groups;
    std::vector<std::string> sources_to_make;  ///< of binds
    std::vector<std::string> sources;          ///< all of them: they must exist
    std::vector<std::string> shared_sources;   ///< those that are to propagate mounts
    std::vector<std::string> slave_sources;    ///< those that are to receive them
    std::vector<RunMount> mounts;
    DevicePlan devices;
    std::string
        apparmor_profile;  ///< the default one is loaded where the kernel lacks it; "": none
};

/// What was found on the way.
struct PreparedRun {
    Identity identity;
    RunDevices devices;
    std::set<std::string> files;  ///< sources of mounts that are no folders
};

/// Makes a new, empty run folder with its mounts, makes what is missing of the binds' sources,
/// looks the user up in the container's own files and its devices on the host.
[[nodiscard]] Result<PreparedRun> prepare_run(const RunPreparation& plan);

/// The texts of a run.
struct RunTexts {
    std::string container_folder;  ///< "": the files of another container are shared
    std::string run_folder;
    std::string hostname;
    std::string hosts;
    std::string resolv_conf;
    std::string spec;      ///< config.json
    BuiltProcess probe;    ///< the health probe's process; empty for none
    std::string endpoint;  ///< the network's place, for a daemon that finds the run; "": none
};
inline constexpr const char* endpoint_file = "/endpoint";
inline constexpr const char* probe_file = "/probe.json";
inline constexpr const char* probe_launch_file = "/probe.launch";

[[nodiscard]] Result<> write_run(const RunTexts& texts);

}  // namespace wherry::containers
