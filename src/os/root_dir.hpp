// A folder below which names are looked up as if it were "/": whatever symbolic links or ".." a
// payload has put there, nothing above it is reached. The only way into a container's root.
#pragma once

#include <fcntl.h>
#include <sys/types.h>

#include <string>

#include "base/result.hpp"
#include "os/unique_fd.hpp"

namespace wherry::os {

/// How the last name of a path is treated when it is a symbolic link.
enum class LastLink { follow, keep };

class RootDir {
  public:
    /// `dir` is a folder's descriptor (O_PATH is enough).
    explicit RootDir(UniqueFd dir) : dir_(std::move(dir)) {}
    [[nodiscard]] static Result<RootDir> open(const std::string& path);

    [[nodiscard]] int fd() const noexcept { return dir_.get(); }

    /// Opens `path` below the root; absolute links start at the root. `flags` as for open(2); with
    /// `LastLink::keep` a link at the end is ELOOP, or the link itself with O_PATH.
    [[nodiscard]] Result<UniqueFd> open_in(const std::string& path, int flags,
                                           LastLink last = LastLink::follow, mode_t mode = 0) const;

    /// As `open_in`, but what leads out of the root (an absolute link, "..") is EXDEV, not bent.
    [[nodiscard]] Result<UniqueFd> open_beneath(const std::string& path, int flags) const;

    /// The folder that holds the last name of a path, and that name. The name is "" for the root
    /// itself, and never "." or "..".
    struct Place {
        UniqueFd dir;
        std::string name;
    };
    [[nodiscard]] Result<Place> open_parent(const std::string& path) const;

    /// As `open_in` on kernels without openat2: name by name, a descriptor each.
    [[nodiscard]] Result<UniqueFd> open_by_steps(const std::string& path, int flags, LastLink last,
                                                 mode_t mode) const;

  private:
    UniqueFd dir_;
};

}  // namespace wherry::os
