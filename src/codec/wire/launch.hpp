// A process beside a payload that is started without the OCI runtime: what the daemon decides of
// it, what the monitor adds, and what its launcher answers.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "codec/wire/message.hpp"

namespace wherry::wire {

/// setrlimit(2); `resource` is the kernel's number.
struct ResourceLimit {
    std::int32_t resource = 0;
    std::uint64_t soft = 0;
    std::uint64_t hard = 0;
};

/// The OCI process, resolved. Sets of capabilities have bit N for capability N.
struct ProcessPlan {
    static constexpr auto type = MessageType::process_plan;
    std::vector<std::string> arguments;
    std::vector<std::string> environment;
    std::string folder;
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    std::vector<std::uint32_t> groups;
    std::uint64_t bounding = 0;
    std::uint64_t effective = 0;
    std::uint64_t permitted = 0;
    std::vector<ResourceLimit> limits;
    bool no_new_privileges = false;
    bool filtered = false;  ///< the container has a seccomp filter: without it nothing is started
    bool adjusts_oom = false;
    std::int32_t oom_score_adj = 0;
    std::string apparmor_profile;  ///< "": as the monitor is
};

/// With it come a descriptor of the container's process 1 and the socket for the answer.
struct LaunchRequest {
    static constexpr auto type = MessageType::launch;
    ProcessPlan process;
    std::string container_id;
    std::string cgroup;  ///< from the root of the hierarchies
    std::string filter;  ///< path of the compiled seccomp filter
    bool terminal = false;
    std::uint32_t height = 0;
    std::uint32_t width = 0;
};

/// With the terminal's master side, if there is a terminal. `pid` 0: `code` and `text` say why.
struct LaunchResult {
    static constexpr auto type = MessageType::launched;
    std::int32_t pid = 0;
    FailureCode code = FailureCode::other;
    std::string text;
};

}  // namespace wherry::wire
