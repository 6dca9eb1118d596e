// A tree of files as a tar, entry by entry in the order of names, by descriptors. Metadata as the
// reference gives it: times in seconds, no names of owners, file capabilities. Blocks; for pool
// threads.
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <map>
#include <string>
#include <utility>

#include "base/result.hpp"
#include "codec/archive/tar.hpp"
#include "os/unique_fd.hpp"

namespace wherry::files {

class TreeArchive {
  public:
    explicit TreeArchive(archive::ByteSink& sink) : tar_(sink) {}

    /// What the O_PATH descriptor names, under this name, and all that is below it.
    /// What cannot be archived (a socket), or goes away meanwhile, is left out; so is the content
    /// of proc, sysfs and the like.
    [[nodiscard]] Result<> add(int fd, const std::string& name);
    /// All that is below a folder, but not the folder itself; names begin with `prefix`.
    [[nodiscard]] Result<> add_content(int dir, const std::string& prefix);
    [[nodiscard]] Result<> finish() { return tar_.finish(); }

  private:
    [[nodiscard]] Result<> add_entry(int fd, const struct stat& facts, const std::string& name);
    [[nodiscard]] Result<> add_file(int fd, archive::Entry entry);
    [[nodiscard]] Result<> walk(int dir, dev_t device, const std::string& prefix, int depth);

    archive::TarWriter tar_;
    std::map<std::pair<dev_t, ino_t>, std::string> linked_;  ///< first names of files with several
};

}  // namespace wherry::files
