// A new container's folders, and volumes filled with what the image has at their place. Blocks.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"

namespace wherry::containers {

struct VolumeCopy {
    std::string volume;  ///< folder of the volume's data
    std::string path;    ///< in the image
};

struct FilesPlan {
    std::string folder;
    std::string upper;
    std::string work;
    std::vector<std::string> lowers;  ///< the image's layers, topmost first
    std::vector<VolumeCopy> copies;
};

/// Makes the container's folders; fills the volumes that are empty.
[[nodiscard]] Result<> make_container_files(const FilesPlan& plan);

/// Copies what is below the folder `path` of `root` into the folder `target`, owners, modes, times
/// and links kept; the target's own owner and mode become the folder's. Nothing is done where
/// `path` is no folder.
[[nodiscard]] Result<> copy_tree(int root, const std::string& path, const std::string& target);

}  // namespace wherry::containers
