// An exclusive lock on a file that its holder may remove: for programs that agree on who starts,
// and who ends, something that they share.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "os/unique_fd.hpp"

namespace wherry::os {

/// Held until it is destroyed, or its process has ended.
class LockFile {
  public:
    /// Makes the file if it is missing; nothing if somebody else holds the lock.
    [[nodiscard]] static Result<std::optional<LockFile>> try_take(const std::string& path);
    /// Asks again until it has the lock; `unavailable` when the time is up. Blocks.
    [[nodiscard]] static Result<LockFile> take(const std::string& path,
                                               std::chrono::milliseconds limit);
    /// Whoever waits for the lock makes a new file and locks that.
    [[nodiscard]] Result<> remove() const;

  private:
    LockFile(std::string path, UniqueFd fd) : path_(std::move(path)), fd_(std::move(fd)) {}

    std::string path_;
    UniqueFd fd_;
};

}  // namespace wherry::os
