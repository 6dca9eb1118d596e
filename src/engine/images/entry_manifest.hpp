// The list of what was unpacked into a layer, kept beside it: `verify` compares the layer with it.
// Text: a head line, one line an entry, a last line with their number (a list without it is cut
// off). An entry that comes twice counts as it came last.
//
//   wherry-entries 1
//   TYPE MODE UID GID SIZE MTIME CRC PATH[ LINK]      type: f d l h c b p w(hiteout) o(paque)
//   end NUMBER
#pragma once

#include <cstdint>
#include <string>

#include "base/result.hpp"
#include "codec/archive/tar.hpp"
#include "os/unique_fd.hpp"

namespace wherry::images {

class EntryManifest {
  public:
    [[nodiscard]] static Result<EntryManifest> create(const std::string& path);

    /// `crc` is that of a file's content.
    [[nodiscard]] Result<> add(const archive::Entry& entry, std::uint32_t crc);
    [[nodiscard]] Result<> add_whiteout(const std::string& path);
    [[nodiscard]] Result<> add_opaque(const std::string& path);
    [[nodiscard]] Result<> finish();
    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }

  private:
    explicit EntryManifest(os::UniqueFd fd) : fd_(std::move(fd)) {}
    [[nodiscard]] Result<> line(std::string_view text);
    [[nodiscard]] Result<> flush();

    os::UniqueFd fd_;
    std::string buffer_;
    std::uint64_t count_ = 0;
};

/// Blanks, controls, percent signs as %HH, so that a name is one word.
[[nodiscard]] std::string escape_name(std::string_view name);

}  // namespace wherry::images
