#include "files/changes.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <optional>

#include "os/entry.hpp"
#include "os/file.hpp"
#include "os/tree.hpp"
#include "os/unique_fd.hpp"

namespace wherry::files {

namespace {

constexpr int deepest = 2048;

/// A folder in each of the three; what is missing there has no descriptor.
struct Folders {
    os::UniqueFd upper;
    os::UniqueFd lower;
    os::UniqueFd merged;
};

bool differ(const struct stat& a, const struct stat& b) {
    if (a.st_mode != b.st_mode || a.st_uid != b.st_uid || a.st_gid != b.st_gid ||
        a.st_rdev != b.st_rdev) {
        return true;
    }
    if (S_ISDIR(a.st_mode)) {
        return false;  // their times and sizes say nothing
    }
    return a.st_size != b.st_size || a.st_mtim.tv_sec != b.st_mtim.tv_sec ||
           a.st_mtim.tv_nsec != b.st_mtim.tv_nsec;
}

Result<std::optional<struct stat>> find(const os::UniqueFd& dir, const std::string& name) {
    if (!dir) {
        return std::optional<struct stat>();
    }
    return os::find_entry(dir.get(), name);
}

Result<os::UniqueFd> open_folder(const os::UniqueFd& dir, const std::string& name) {
    if (!dir) {
        return os::UniqueFd();
    }
    auto opened = os::open_at(dir.get(), name, O_PATH | O_DIRECTORY | O_NOFOLLOW);
    if (opened || (opened.error().os_error() != ENOENT && opened.error().os_error() != ENOTDIR)) {
        return opened;
    }
    return os::UniqueFd();
}

Result<> add_names(const os::UniqueFd& dir, std::vector<std::string>& names) {
    if (dir) {
        TRY(const auto more, os::list_dir(dir.get()));
        names.insert(names.end(), more.begin(), more.end());
    }
    return {};
}

class Comparison {
  public:
    Result<> compare(const Folders& folders, const std::string& path, int depth);
    [[nodiscard]] std::vector<Change> take() { return std::move(changes_); }

  private:
    /// The names that can differ: those of the upper layer, unless it hides or moves what is below.
    static Result<std::vector<std::string>> names_of(const Folders& folders);
    Result<> compare_name(const Folders& folders, const std::string& path, const std::string& name,
                          int depth);
    Result<> descend(const Folders& folders, const std::string& path, const std::string& name,
                     int depth);
    void add(std::string path, ChangeKind kind) {
        changes_.push_back({.path = std::move(path), .kind = kind});
    }

    std::vector<Change> changes_;
};

Result<std::vector<std::string>> Comparison::names_of(const Folders& folders) {
    bool all = !folders.upper;
    for (const char* key : {"trusted.overlay.opaque", "trusted.overlay.redirect"}) {
        if (!all) {
            TRY(const auto value, os::find_xattr(folders.upper.get(), ".", key));
            all = value.has_value();
        }
    }
    std::vector<std::string> names;
    if (all) {
        CHECK_OK(add_names(folders.merged, names));
        CHECK_OK(add_names(folders.lower, names));
    } else {
        CHECK_OK(add_names(folders.upper, names));
    }
    std::ranges::sort(names);
    const auto twice = std::ranges::unique(names);
    names.erase(twice.begin(), twice.end());
    return names;
}

// NOLINTNEXTLINE(misc-no-recursion): bounded by `deepest`
Result<> Comparison::compare(const Folders& folders, const std::string& path, int depth) {
    if (depth > deepest) {
        return fail(ErrorKind::internal, "{}: folders are nested too deeply", path);
    }
    TRY(const auto names, names_of(folders));
    for (const std::string& name : names) {
        CHECK_OK(compare_name(folders, path, name, depth));
    }
    return {};
}

// NOLINTNEXTLINE(misc-no-recursion)
Result<> Comparison::compare_name(const Folders& folders, const std::string& path,
                                  const std::string& name, int depth) {
    TRY(const auto before, find(folders.lower, name));
    TRY(const auto now, find(folders.merged, name));
    const std::string own = path + "/" + name;
    if (!now) {
        if (before) {
            add(own, ChangeKind::deleted);
        }
        return {};
    }
    const std::size_t place = changes_.size();
    if (!before) {
        add(own, ChangeKind::added);
    } else if (differ(*before, *now)) {
        add(own, ChangeKind::modified);
    }
    const bool told = changes_.size() > place;
    const bool was_dir = before && S_ISDIR(before->st_mode);
    if (S_ISDIR(now->st_mode) || was_dir) {
        CHECK_OK(descend(folders, own, name, depth));
    }
    if (!told && changes_.size() > place) {
        changes_.insert(changes_.begin() + static_cast<std::ptrdiff_t>(place),
                        Change{.path = own, .kind = ChangeKind::modified});
    }
    return {};
}

// NOLINTNEXTLINE(misc-no-recursion)
Result<> Comparison::descend(const Folders& folders, const std::string& path,
                             const std::string& name, int depth) {
    Folders below;
    TRY(below.upper, open_folder(folders.upper, name));
    TRY(below.lower, open_folder(folders.lower, name));
    TRY(below.merged, open_folder(folders.merged, name));
    return compare(below, path, depth + 1);
}

}  // namespace

Result<std::vector<Change>> find_changes(const Layers& layers) {
    Folders top;
    for (const auto& [from, to] :
         {std::pair(layers.upper, &top.upper), std::pair(layers.lower, &top.lower),
          std::pair(layers.merged, &top.merged)}) {
        TRY(*to, os::open_at(from, ".", O_PATH | O_DIRECTORY));
    }
    Comparison comparison;
    CHECK_OK(comparison.compare(top, "", 0));
    return comparison.take();
}

}  // namespace wherry::files
