// Mounts that the daemon makes below a run's folder before its monitor starts, which takes them
// over with its mount namespace: memory that other containers may share, a folder inside a volume
// (looked up by descriptor, so that no link leads out of it), an image's files. All of it blocks.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace wherry::containers {

struct RunMount {
    enum class Kind : std::uint8_t { shared_memory, subpath, image };
    Kind kind = Kind::shared_memory;
    std::string place;                ///< below the run's folder
    std::string source;               ///< the volume's folder, for a subpath of it
    std::vector<std::string> lowers;  ///< the image's layers, topmost first, absolute
    std::string subpath;              ///< of the volume or image
    std::int64_t bytes = 0;           ///< of shared memory
};

/// 404 "cannot access path P: no such file or directory" for a subpath that is not there.
[[nodiscard]] Result<> make_run_mounts(const std::vector<RunMount>& mounts);

/// Takes the mounts back. Before the run's folder may be removed: what is mounted in it is a
/// volume's, or another's. Monitors of other containers lose their copies once the folder is gone.
[[nodiscard]] Result<> drop_run_mounts(const std::string& run_folder);
/// That, and the folder.
[[nodiscard]] Result<> remove_run_folder(const std::string& run_folder);

/// Where the shareable memory of a run is, and its mounts by their number in the record.
[[nodiscard]] std::string shared_memory_place(const std::string& run_folder);
[[nodiscard]] std::string run_mount_place(const std::string& run_folder, std::size_t number);

}  // namespace wherry::containers
