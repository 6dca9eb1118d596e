// What a run takes from containers that run already: their namespaces, their memory, their
// addresses.
#pragma once

#include <string>
#include <vector>

#include "engine/containers/links.hpp"
#include "os/unique_fd.hpp"

namespace wherry::containers {

struct Joined {
    os::UniqueFd netns;         ///< of NetworkMode container:X; empty: its own or the host's
    std::string network_owner;  ///< X's id: its resolv.conf, hostname and hosts are shared too
    std::string pid_namespace;  ///< "/proc/N/ns/pid" of PidMode container:X; "": none
    std::string ipc_namespace;  ///< likewise of IpcMode container:X
    std::string shared_memory;  ///< a folder for /dev/shm; "": one of its own
    std::vector<LinkTarget> links;
};

/// The name or id behind "container:"; "" for other modes.
[[nodiscard]] std::string_view donor_of(std::string_view mode);

}  // namespace wherry::containers
