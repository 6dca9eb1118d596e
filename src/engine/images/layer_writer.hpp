// Writes the entries of a layer's tar below a folder. Whiteouts become what overlayfs knows (a
// character device 0:0, the attribute trusted.overlay.opaque), and each entry a line of the layer's
// manifest. Blocks; for pool threads.
#pragma once

#include <string>

#include "base/result.hpp"
#include "codec/archive/tar.hpp"
#include "engine/images/entry_manifest.hpp"
#include "files/tree_writer.hpp"
#include "os/root_dir.hpp"

namespace wherry::images {

class LayerWriter {
  public:
    LayerWriter(os::RootDir root, EntryManifest manifest);
    LayerWriter(const LayerWriter&) = delete;
    LayerWriter& operator=(const LayerWriter&) = delete;

    /// Writes the reader's current entry, and its content.
    [[nodiscard]] Result<> add(archive::Entry entry, archive::TarReader& reader);
    /// Gives folders their times, which their content has changed, and ends the manifest.
    [[nodiscard]] Result<> finish();
    /// Bytes of files and links as a listing counts them: hard links once, folders not at all.
    [[nodiscard]] std::uint64_t size() const noexcept { return tree_.size(); }
    /// Something was written twice: `size` has to be counted again.
    [[nodiscard]] bool replaced() const noexcept { return tree_.replaced(); }

  private:
    [[nodiscard]] Result<> put(const archive::Entry& entry, archive::TarReader& reader);
    [[nodiscard]] Result<> put_whiteout(const std::string& parent, const std::string& hidden);
    [[nodiscard]] Result<> put_opaque(const std::string& parent);

    EntryManifest manifest_;
    files::TreeWriter tree_;
};

}  // namespace wherry::images
