#include "files/tree_archive.hpp"

#include <fcntl.h>
#include <sys/sysmacros.h>

#include <algorithm>

#include "base/log.hpp"
#include "os/entry.hpp"
#include "os/file.hpp"
#include "os/pseudo_fs.hpp"
#include "os/tree.hpp"

namespace wherry::files {

namespace {

// As deep as a path of the kernel's longest length can lead.
constexpr int deepest = 2048;

archive::EntryType type_of(mode_t mode) {
    switch (mode & S_IFMT) {
        case S_IFREG:
            return archive::EntryType::file;
        case S_IFDIR:
            return archive::EntryType::directory;
        case S_IFLNK:
            return archive::EntryType::symlink;
        case S_IFCHR:
            return archive::EntryType::character;
        case S_IFBLK:
            return archive::EntryType::block;
        case S_IFIFO:
            return archive::EntryType::fifo;
        default:
            return archive::EntryType::other;
    }
}

archive::Entry entry_of(const struct stat& facts, const std::string& name) {
    archive::Entry entry{.path = name,
                         .type = type_of(facts.st_mode),
                         .mode = facts.st_mode & 07777U,
                         .uid = facts.st_uid,
                         .gid = facts.st_gid,
                         .mtime = Time(std::chrono::seconds(facts.st_mtim.tv_sec))};
    if (entry.type == archive::EntryType::file) {
        entry.size = static_cast<std::uint64_t>(facts.st_size);
    } else if (entry.type == archive::EntryType::character ||
               entry.type == archive::EntryType::block) {
        entry.major = ::major(facts.st_rdev);
        entry.minor = ::minor(facts.st_rdev);
    }
    return entry;
}

bool has_gone(const Error& error) {
    return error.os_error() == ENOENT || error.os_error() == ESTALE;
}

}  // namespace

Result<> TreeArchive::add(int fd, const std::string& name) {
    TRY(const auto facts, os::stat_fd(fd));
    CHECK_OK(add_entry(fd, facts, name));
    if (!S_ISDIR(facts.st_mode)) {
        return {};
    }
    return walk(fd, facts.st_dev, name + "/", 0);
}

Result<> TreeArchive::add_content(int dir, const std::string& prefix) {
    TRY(const auto facts, os::stat_fd(dir));
    return walk(dir, facts.st_dev, prefix, 0);
}

Result<> TreeArchive::add_entry(int fd, const struct stat& facts, const std::string& name) {
    archive::Entry entry = entry_of(facts, name);
    if (entry.type == archive::EntryType::other) {
        log::debug("archive left out path={}: a socket has no place in it", name);
        return {};
    }
    if (!S_ISDIR(facts.st_mode) && facts.st_nlink > 1) {
        const auto [known, is_first] =
            linked_.try_emplace(std::pair(facts.st_dev, facts.st_ino), name);
        if (!is_first) {
            entry.type = archive::EntryType::hardlink;
            entry.link = known->second;
            return tar_.add(entry);
        }
    }
    if (entry.type == archive::EntryType::file) {
        return add_file(fd, std::move(entry));
    }
    if (entry.type == archive::EntryType::symlink) {
        TRY(entry.link, os::read_symlink(fd));
    }
    return tar_.add(entry);
}

Result<> TreeArchive::add_file(int fd, archive::Entry entry) {
    // Only what was seen to be a regular file is opened: opening a device does things.
    auto opened = os::reopen(fd, O_RDONLY | O_NOCTTY);
    if (!opened && has_gone(opened.error())) {
        return {};
    }
    TRY(const auto file, std::move(opened));
    auto capabilities = os::find_xattr(file.get(), "security.capability");
    if (capabilities && *capabilities) {
        entry.xattrs.emplace_back("security.capability", std::move(**capabilities));
    }
    return tar_.add_file(entry, file.get());
}

// NOLINTNEXTLINE(misc-no-recursion): bounded by `deepest`
Result<> TreeArchive::walk(int dir, dev_t device, const std::string& prefix, int depth) {
    if (depth > deepest) {
        return fail(ErrorKind::internal, "{}: folders are nested too deeply", prefix);
    }
    auto listed = os::list_dir(dir);
    if (!listed && has_gone(listed.error())) {
        return {};
    }
    TRY(auto names, std::move(listed));
    std::ranges::sort(names);
    for (const std::string& name : names) {
        auto opened = os::open_at(dir, name, O_PATH | O_NOFOLLOW);
        if (!opened && has_gone(opened.error())) {
            continue;
        }
        TRY(const auto fd, std::move(opened));
        TRY(const auto facts, os::stat_fd(fd.get()));
        const std::string path = prefix + name;
        CHECK_OK(add_entry(fd.get(), facts, path));
        if (!S_ISDIR(facts.st_mode)) {
            continue;
        }
        if (facts.st_dev != device) {
            TRY(const bool pseudo, os::is_pseudo_fs(fd.get()));
            if (pseudo) {
                continue;
            }
        }
        CHECK_OK(walk(fd.get(), facts.st_dev, path + "/", depth + 1));
    }
    return {};
}

}  // namespace wherry::files
