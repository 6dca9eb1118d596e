// The file that names the running daemon.
#pragma once

#include <string>

#include "base/result.hpp"

namespace wherry::daemon {

/// Written for as long as the object lives; "" for none. `conflict` when it names a process that is
/// alive.
class PidFile {
  public:
    [[nodiscard]] static Result<PidFile> write(std::string path);
    PidFile(PidFile&& other) noexcept : path_(std::move(other.path_)) { other.path_.clear(); }
    PidFile& operator=(PidFile&&) = delete;
    PidFile(const PidFile&) = delete;
    PidFile& operator=(const PidFile&) = delete;
    ~PidFile();

  private:
    explicit PidFile(std::string path) : path_(std::move(path)) {}
    std::string path_;
};

}  // namespace wherry::daemon
