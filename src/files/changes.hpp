// What an overlay's upper layer changes of what lies below it. Blocks; for pool threads.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace wherry::files {

/// Numbers of the API.
enum class ChangeKind : std::uint8_t { modified = 0, added = 1, deleted = 2 };

struct Change {
    std::string path;  ///< "/a/b"
    ChangeKind kind = ChangeKind::modified;
};

/// Three folders by descriptor: the upper layer alone, the layers below it alone, and all of them
/// as an overlay shows them.
struct Layers {
    int upper = -1;
    int lower = -1;
    int merged = -1;
};

/// By path. A folder counts as modified when something in it has changed, or its own attributes; a
/// file when its attributes, size or time differ; of a folder that is gone only the folder is told.
[[nodiscard]] Result<std::vector<Change>> find_changes(const Layers& layers);

}  // namespace wherry::files
