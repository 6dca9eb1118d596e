#include "files/tree_writer.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <ranges>

#include "base/text.hpp"
#include "codec/archive/checksum.hpp"
#include "os/entry.hpp"
#include "os/file.hpp"
#include "os/tree.hpp"

namespace wherry::files {

namespace {

constexpr mode_t implicit_dir_mode = 0755;

// Attributes of overlayfs itself would let a layer redirect look-ups.
bool is_allowed_xattr(std::string_view key) {
    return !key.starts_with("trusted.overlay.") && !key.starts_with("user.overlay.");
}

// A file system without attributes, or without those of users on links, is no reason to refuse an
// archive: the reference does not either.
Result<> tolerate(std::string_view key, Result<> set) {
    if (set || set.error().os_error() == EOPNOTSUPP ||
        (set.error().os_error() == EPERM && key.starts_with("user."))) {
        return {};
    }
    return set;
}

bool is_exists(const Result<>& made) {
    return !made && made.error().os_error() == EEXIST;
}

mode_t node_type(archive::EntryType type) {
    switch (type) {
        case archive::EntryType::character:
            return S_IFCHR;
        case archive::EntryType::block:
            return S_IFBLK;
        default:
            return S_IFIFO;
    }
}

}  // namespace

PathParts split_path(const std::string& path) {
    const auto slash = path.rfind('/');
    if (slash == std::string::npos) {
        return {"", path};
    }
    return {path.substr(0, slash), path.substr(slash + 1)};
}

Result<std::string> clean_entry_path(std::string_view path) {
    const bool absolute = path.starts_with('/');
    std::vector<std::string_view> names;
    for (const std::string_view name : text::split(path, '/')) {
        if (name.empty() || name == ".") {
            continue;
        }
        if (name != "..") {
            names.push_back(name);
        } else if (!names.empty()) {
            names.pop_back();
        } else if (!absolute) {
            return fail(ErrorKind::invalid, "invalid entry name \"{}\"", path);
        }
    }
    std::string clean;
    for (const std::string_view name : names) {
        if (!clean.empty()) {
            clean += '/';
        }
        clean += name;
    }
    return clean;
}

Result<Put> TreeWriter::add(const archive::Entry& entry, archive::TarReader& reader) {
    if (entry.path.empty()) {
        return put_root(entry);
    }
    const auto [parent, name] = split_path(entry.path);
    TRY(const int folder, dir(parent));
    const Target target{.dir = folder, .name = name, .entry = entry};
    Put put;
    if (entry.type == archive::EntryType::file) {
        TRY(put.crc, put_file(target, reader));
    } else if (entry.type == archive::EntryType::directory) {
        TRY(put.over_whiteout, put_dir(target));
    } else {
        CHECK_OK(put_other(target));
    }
    return put;
}

Result<Put> TreeWriter::put_root(const archive::Entry& entry) {
    if (entry.type != archive::EntryType::directory) {
        return fail(ErrorKind::invalid, "the root of a layer is no folder");
    }
    forget_dir();
    TRY(const int folder, dir(""));
    const Target target{.dir = folder, .name = ".", .entry = entry};
    CHECK_OK(set_metadata(target));
    dir_times_.push_back({.path = "", .mtime = entry.mtime});
    return Put{};
}

Result<std::uint32_t> TreeWriter::put_file(const Target& target, archive::TarReader& reader) {
    constexpr int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;
    auto made = os::open_at(target.dir, target.name, flags, 0600);
    if (!made && made.error().os_error() == EEXIST) {
        CHECK_OK(clear(target));
        made = os::open_at(target.dir, target.name, flags, 0600);
    }
    TRY(const auto file, std::move(made));
    const archive::Entry& entry = target.entry;
    TRY(const std::uint32_t crc, put_content(file.get(), entry, reader));
    const auto owner = owner_of(entry);
    CHECK_OK(os::set_owner(file.get(), owner.uid, owner.gid));
    CHECK_OK(os::set_mode(file.get(), entry.mode));
    for (const auto& [key, value] : entry.xattrs) {
        if (is_allowed_xattr(key)) {
            CHECK_OK(tolerate(key, os::set_xattr(file.get(), key, value)));
        }
    }
    CHECK_OK(os::set_mtime(file.get(), entry.mtime));
    size_ += entry.size;
    return crc;
}

Result<std::uint32_t> TreeWriter::put_content(int file, const archive::Entry& entry,
                                              archive::TarReader& reader) {
    std::uint32_t crc = 0;
    std::uint64_t end = 0;
    while (true) {
        TRY(const auto block, reader.next_block());
        if (!block) {
            break;
        }
        CHECK_OK(os::write_at(file, block->offset, block->bytes));
        if (rules_.checksums) {
            crc = archive::crc32(crc, block->bytes);
        }
        end = block->offset + block->bytes.size();
    }
    if (end != entry.size) {
        CHECK_OK(os::set_size(file, entry.size));
    }
    return crc;
}

Result<bool> TreeWriter::put_dir(const Target& target) {
    auto made = os::make_dir(target.dir, target.name, 0700);
    bool over_whiteout = false;
    if (is_exists(made)) {
        TRY(const auto present, os::find_entry(target.dir, target.name));
        if (present && !S_ISDIR(present->st_mode)) {
            over_whiteout = S_ISCHR(present->st_mode) && present->st_rdev == 0;
            CHECK_OK(clear(target));
            made = os::make_dir(target.dir, target.name, 0700);
        } else {
            made = Result<>();
        }
    }
    CHECK_OK(std::move(made));
    CHECK_OK(set_metadata(target));
    dir_times_.push_back({.path = target.entry.path, .mtime = target.entry.mtime});
    return over_whiteout;
}

Result<> TreeWriter::put_other(const Target& target) {
    const archive::Entry& entry = target.entry;
    const auto make = [&]() -> Result<> {
        switch (entry.type) {
            case archive::EntryType::symlink:
                return os::make_symlink(target.dir, target.name, entry.link);
            case archive::EntryType::hardlink: {
                const auto shared = clean_entry_path(entry.link);
                if (!shared) {
                    return fail(ErrorKind::invalid, "invalid hardlink target \"{}\"", entry.link);
                }
                TRY(const auto place, root_.open_parent(*shared));
                return os::make_hardlink(place.dir.get(), place.name, target.dir, target.name);
            }
            case archive::EntryType::character:
            case archive::EntryType::block:
            case archive::EntryType::fifo:
                return os::make_node(target.dir, target.name, node_type(entry.type) | 0600,
                                     entry.type == archive::EntryType::fifo
                                         ? 0
                                         : ::makedev(entry.major, entry.minor));
            default:
                return fail(ErrorKind::invalid, "an entry of an unknown type");
        }
    };
    auto made = make();
    if (is_exists(made)) {
        CHECK_OK(clear(target));
        made = make();
    }
    CHECK_OK(std::move(made));
    if (entry.type == archive::EntryType::hardlink) {
        return {};  // owner, mode and times are the shared file's
    }
    if (entry.type == archive::EntryType::symlink) {
        size_ += entry.link.size();
    }
    CHECK_OK(set_metadata(target));
    return os::set_mtime(target.dir, target.name, entry.mtime);
}

WriteRules::Owner TreeWriter::owner_of(const archive::Entry& entry) const {
    return rules_.owner.value_or(WriteRules::Owner{.uid = entry.uid, .gid = entry.gid});
}

Result<> TreeWriter::set_metadata(const Target& target) {
    const archive::Entry& entry = target.entry;
    const auto owner = owner_of(entry);
    CHECK_OK(os::set_owner(target.dir, target.name, owner.uid, owner.gid));
    if (entry.type != archive::EntryType::symlink) {
        CHECK_OK(os::set_mode(target.dir, target.name, entry.mode));
    }
    for (const auto& [key, value] : entry.xattrs) {
        if (is_allowed_xattr(key)) {
            CHECK_OK(tolerate(key, os::set_xattr(target.dir, target.name, key, value)));
        }
    }
    return {};
}

Result<int> TreeWriter::dir(const std::string& path) {
    if (dir_ && dir_path_ == path) {
        return dir_.get();
    }
    auto found = root_.open_in(path, O_PATH | O_DIRECTORY);
    if (!found && found.error().os_error() == ENOENT) {
        found = make_dirs(path);
    }
    TRY(dir_, std::move(found));
    dir_path_ = path;
    return dir_.get();
}

Result<os::UniqueFd> TreeWriter::make_dirs(const std::string& path) {
    const auto [parent, name] = split_path(path);
    TRY(const int above, dir(parent));
    CHECK_OK(os::make_dir(above, name, implicit_dir_mode));
    CHECK_OK(os::set_mode(above, name, implicit_dir_mode));
    if (rules_.implied_dir) {
        CHECK_OK(rules_.implied_dir(path));
    }
    return os::open_at(above, name, O_PATH | O_DIRECTORY | O_NOFOLLOW);
}

void TreeWriter::forget_dir() {
    dir_.reset();
    dir_path_.clear();
}

Result<> TreeWriter::clear(const Target& target) {
    if (rules_.keep_kinds_in) {
        TRY(const auto present, os::find_entry(target.dir, target.name));
        const bool brings_dir = target.entry.type == archive::EntryType::directory;
        const bool is_dir = present && S_ISDIR(present->st_mode);
        if (present && is_dir != brings_dir) {
            return fail(ErrorKind::internal,
                        is_dir ? "cannot overwrite directory \"{}\" with non-directory \"{}\""
                               : "cannot overwrite non-directory \"{}\" with directory \"{}\"",
                        target.entry.path, *rules_.keep_kinds_in);
        }
    }
    replaced_ = true;
    return os::remove_tree(target.dir, target.name);
}

Result<> TreeWriter::finish() {
    forget_dir();
    for (const DirTime& last : dir_times_ | std::views::reverse) {
        auto folder = root_.open_in(last.path, O_RDONLY | O_DIRECTORY, os::LastLink::keep);
        if (folder) {  // a later entry may have replaced it
            CHECK_OK(os::set_mtime(folder->get(), last.mtime));
        }
    }
    return {};
}

}  // namespace wherry::files
