// Facts of the machine that `info` and `version` tell.
#pragma once

#include <cstdint>
#include <string>

namespace wherry::os {

struct HostFacts {
    std::string kernel_version;    ///< uname -r
    std::string machine;           ///< uname -m, "x86_64"
    std::string name;              ///< the host's name
    std::string operating_system;  ///< PRETTY_NAME of os-release
    std::string os_version;        ///< VERSION_ID of os-release
    std::int64_t cpus = 0;         ///< that this process may use
    std::uint64_t memory_bytes = 0;
};

[[nodiscard]] HostFacts host_facts();
/// Go's name of a machine: "amd64" for "x86_64".
[[nodiscard]] std::string go_architecture(const std::string& machine);
/// The file system's name below a path as the reference calls it ("extfs", "xfs", "tmpfs" …).
[[nodiscard]] std::string file_system_name(const std::string& path);

/// What overlays on a folder's file system can do.
struct OverlayFacts {
    bool has_file_types = false;  ///< its folders tell the kinds of their entries
    bool metacopy = false;        ///< the kernel copies attributes up without the data
    bool native_diff = false;     ///< an upper folder alone tells what changed
};
[[nodiscard]] OverlayFacts overlay_facts(const std::string& path);
[[nodiscard]] int open_descriptors();
/// A kernel switch under /proc/sys is on ("1").
[[nodiscard]] bool sysctl_on(const std::string& path);

}  // namespace wherry::os
