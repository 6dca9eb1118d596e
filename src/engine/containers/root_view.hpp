// A container's files by descriptor. Of one that runs, /proc/PID/root, which shows its volumes and
// tmpfs; of another, its layers as an overlay in a mount namespace of its own, with its volumes.
// Nothing of it is mounted anywhere else, and it is gone with the descriptors. Blocks.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "os/overlay.hpp"
#include "os/root_dir.hpp"
#include "os/unique_fd.hpp"

namespace wherry::containers {

struct ViewMount {
    std::string source;
    std::string subpath;  ///< below the source
    std::string destination;
    bool read_only = false;
};

struct ViewPlan {
    std::string container_id;
    std::int64_t pid = 0;  ///< of a container that runs; 0, or where it has gone: by its layers
    bool bare = false;     ///< of one that runs: its root alone, without what is mounted on it
    os::Overlay overlay;
    std::vector<ViewMount> mounts;
    std::string mount_point;  ///< any folder: it is covered in the view's namespace only
};

class RootView {
  public:
    [[nodiscard]] static Result<RootView> open(const ViewPlan& plan);
    [[nodiscard]] const os::RootDir& root() const noexcept { return root_; }

  private:
    RootView(os::UniqueFd mount_namespace, os::RootDir root)
        : namespace_(std::move(mount_namespace)), root_(std::move(root)) {}
    [[nodiscard]] static Result<RootView> open_running(const ViewPlan& plan);
    [[nodiscard]] static Result<RootView> open_layers(const ViewPlan& plan);

    os::UniqueFd namespace_;  ///< keeps the mounts below the root
    os::RootDir root_;
};

/// The path with all its links followed, as far as it exists; "/a/b". `internal` for a loop.
[[nodiscard]] Result<std::string> resolve_links(const os::RootDir& root, std::string_view path);

}  // namespace wherry::containers
