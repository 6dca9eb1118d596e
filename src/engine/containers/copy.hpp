// Files of containers as clients see them: archive, changes, export.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "codec/archive/source.hpp"

namespace wherry::containers {

/// What a path of a container is; `mode` has the bits of Go's os.FileMode.
struct PathStat {
    std::string name;  ///< the last name of the path as it was asked for
    std::int64_t size = 0;
    std::uint32_t mode = 0;
    Time mtime{};
    std::string link_target;  ///< of a symbolic link, all links followed
};

/// An archive that is ready to be written: what it shows is held open.
struct ArchiveReply {
    PathStat stat;
    /// Blocks; for a pool thread. Once.
    std::function<Result<>(archive::ByteSink&)> write;
};
/// Shared, since the reply's body is a function that may be copied.
using ArchiveReplyPtr = std::shared_ptr<ArchiveReply>;

struct ExtractOptions {
    std::string path;
    bool keep_kinds = false;    ///< noOverwriteDirNonDir
    bool use_own_user = false;  ///< copyUIDGID: all belongs to the container's user
};

}  // namespace wherry::containers
