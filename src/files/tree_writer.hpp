// Writes the entries of a tar below a folder, by descriptors: whatever names, links and hard links
// say, and whoever exchanges what lies there meanwhile, all of it stays below that folder. Blocks;
// for pool threads.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "codec/archive/tar.hpp"
#include "os/root_dir.hpp"

namespace wherry::files {

struct WriteRules {
    struct Owner {
        std::uint32_t uid = 0;
        std::uint32_t gid = 0;
    };
    std::optional<Owner> owner;  ///< of every entry; nothing: what the entry says
    /// Refuses to put a folder where something else is, and the other way round; then errors name
    /// this place.
    std::optional<std::string> keep_kinds_in;
    bool checksums = false;  ///< fill `Put::crc`
    /// Told of each folder that no entry brings, but that an entry lies in.
    std::function<Result<>(const std::string& path)> implied_dir;
};

/// What became of an entry.
struct Put {
    std::uint32_t crc = 0;       ///< of a file's content
    bool over_whiteout = false;  ///< a folder took the place of an overlay's whiteout
};

class TreeWriter {
  public:
    TreeWriter(os::RootDir root, WriteRules rules)
        : root_(std::move(root)), rules_(std::move(rules)) {}

    /// Writes the reader's current entry, and its content. The entry's path is clean
    /// (`clean_entry_path`); "" is the root, whose attributes change.
    [[nodiscard]] Result<Put> add(const archive::Entry& entry, archive::TarReader& reader);
    /// Gives folders their times, which their content has changed.
    [[nodiscard]] Result<> finish();

    /// The descriptor of a folder, made (0755, root's) where it is missing; valid until the next
    /// call.
    [[nodiscard]] Result<int> dir(const std::string& path);

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

    [[nodiscard]] Result<Put> put_root(const archive::Entry& entry);
    [[nodiscard]] Result<std::uint32_t> put_file(const Target& target, archive::TarReader& reader);
    [[nodiscard]] Result<std::uint32_t> put_content(int file, const archive::Entry& entry,
                                                    archive::TarReader& reader);
    [[nodiscard]] Result<bool> put_dir(const Target& target);
    [[nodiscard]] Result<> put_other(const Target& target);
    [[nodiscard]] Result<> set_metadata(const Target& target);
    [[nodiscard]] WriteRules::Owner owner_of(const archive::Entry& entry) const;
    [[nodiscard]] Result<os::UniqueFd> make_dirs(const std::string& path);
    /// Makes room for an entry: what is under its name goes.
    [[nodiscard]] Result<> clear(const Target& target);
    void forget_dir();

    os::RootDir root_;
    WriteRules rules_;
    // The folder of the last entry: most entries follow one of the same folder.
    os::UniqueFd dir_;
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

/// "a/b/c" as {"a/b", "c"}.
struct PathParts {
    std::string parent;
    std::string name;
};
[[nodiscard]] PathParts split_path(const std::string& path);

}  // namespace wherry::files
