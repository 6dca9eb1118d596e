// Writes the entries of a layer's tar below a folder, by descriptors: hostile names, links and
// whiteouts stay below it. Whiteouts become what overlayfs knows (a character device 0:0, the
// attribute trusted.overlay.opaque). Blocks; for pool threads.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "codec/archive/tar.hpp"
#include "engine/images/entry_manifest.hpp"
#include "os/root_dir.hpp"

namespace wherry::images {

class LayerWriter {
  public:
    LayerWriter(os::RootDir root, EntryManifest manifest)
        : root_(std::move(root)), manifest_(std::move(manifest)) {}

    /// Writes the reader's current entry, and its content.
    [[nodiscard]] Result<> add(archive::Entry entry, archive::TarReader& reader);
    /// Gives folders their times, which their content has changed, and ends the manifest.
    [[nodiscard]] Result<> finish();
    /// Bytes of files and links as a listing counts them: hard links once, folders not at all.
    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
    /// Something was written twice: `size` has to be counted again.
    [[nodiscard]] bool replaced() const noexcept { return replaced_; }

  private:
    struct Target {
        int dir;
        std::string name;
        const archive::Entry& entry;
    };

    [[nodiscard]] Result<> put(archive::Entry& entry, archive::TarReader& reader);
    [[nodiscard]] Result<> put_root(const archive::Entry& entry);
    [[nodiscard]] Result<> put_whiteout(const std::string& parent, const std::string& hidden);
    [[nodiscard]] Result<> put_opaque(const std::string& parent);
    [[nodiscard]] Result<std::uint32_t> put_file(const Target& target, archive::TarReader& reader);
    [[nodiscard]] Result<> put_dir(const Target& target);
    [[nodiscard]] Result<> put_other(const Target& target);
    [[nodiscard]] Result<> set_metadata(const Target& target);

    /// The descriptor of a folder, made (0755, root's) where it is missing; valid until the next
    /// call or `forget_dir`.
    [[nodiscard]] Result<int> dir(const std::string& path);
    [[nodiscard]] Result<os::UniqueFd> make_dirs(const std::string& path);
    void forget_dir();
    [[nodiscard]] Result<> clear(const Target& target);

    os::RootDir root_;
    EntryManifest manifest_;
    os::UniqueFd
        dir_;  ///< the folder of the last entry: most entries follow one of the same folder
    std::string dir_path_;
    struct DirTime {
        std::string path;
        Time mtime;
    };
    std::vector<DirTime> dir_times_;
    std::uint64_t size_ = 0;
    bool replaced_ = false;
};

/// The path as its names say, without links: "a/b". `invalid` where it climbs above the root
/// ("../x"); "/../x" is "x".
[[nodiscard]] Result<std::string> clean_entry_path(std::string_view path);

}  // namespace wherry::images
