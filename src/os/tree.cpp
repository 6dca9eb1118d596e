#include "os/tree.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <unordered_set>
#include <utility>

#include "base/id.hpp"
#include "base/text.hpp"
#include "os/file.hpp"
#include "os/syscall.hpp"

namespace wherry::os {

namespace {

// Deeper folders are moved up to the top first, so that descriptors and stack stay few.
constexpr int max_depth = 64;

struct CloseDir {
    void operator()(DIR* dir) const noexcept { ::closedir(dir); }
};
using Dir = std::unique_ptr<DIR, CloseDir>;

Result<Dir> open_dir(int parent, const std::string& name) {
    TRY(auto fd, open_at(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
    Dir dir(::fdopendir(fd.get()));
    if (dir == nullptr) {
        return last_failure("opendir", name);
    }
    (void)fd.release();
    return dir;
}

bool is_dots(std::string_view name) {
    return name == "." || name == "..";
}

/// The next name of a folder; "" at its end.
Result<std::string> next_name(DIR* dir) {
    while (true) {
        errno = 0;
        const dirent* entry = ::readdir(dir);
        if (entry == nullptr) {
            if (errno != 0) {
                return last_failure("readdir", "");
            }
            return std::string();
        }
        if (!is_dots(entry->d_name)) {
            return std::string(entry->d_name);
        }
    }
}

class Remover {
  public:
    explicit Remover(int top) : top_(top) {}

    // The folder's content; its sub-folders beyond the depth are moved to the top.
    Result<> empty(DIR* dir, int depth) {
        const int fd = ::dirfd(dir);
        while (true) {
            TRY(const std::string name, next_name(dir));
            if (name.empty()) {
                return {};
            }
            CHECK_OK(remove(fd, name, depth));
        }
    }

    [[nodiscard]] bool moved() noexcept { return std::exchange(moved_, false); }

  private:
    Result<> remove(int fd, const std::string& name, int depth) {
        if (::unlinkat(fd, name.c_str(), 0) == 0 || errno == ENOENT) {
            return {};
        }
        if (errno != EISDIR && errno != EPERM) {
            return last_failure("unlink", name);
        }
        if (depth >= max_depth) {
            const std::string up = ".deep-" + random_hex(8);
            CHECK_OK(checked("rename", name,
                             [&] { return ::renameat(fd, name.c_str(), top_, up.c_str()); }));
            moved_ = true;
            return {};
        }
        {
            TRY(const Dir below, open_dir(fd, name));
            CHECK_OK(empty(below.get(), depth + 1));
        }
        CHECK_OK(
            checked("rmdir", name, [&] { return ::unlinkat(fd, name.c_str(), AT_REMOVEDIR); }));
        return {};
    }

    int top_;
    bool moved_ = false;
};

class Counter {
  public:
    // NOLINTNEXTLINE(misc-no-recursion): as deep as the tree, which its writer bounded
    Result<> add(int parent, const std::string& name) {
        TRY(const Dir dir, open_dir(parent, name));
        const int fd = ::dirfd(dir.get());
        while (true) {
            TRY(const std::string entry, next_name(dir.get()));
            if (entry.empty()) {
                return {};
            }
            struct stat info{};
            CHECK_OK(checked("stat", entry, [&] {
                return ::fstatat(fd, entry.c_str(), &info, AT_SYMLINK_NOFOLLOW);
            }));
            if (S_ISDIR(info.st_mode)) {
                CHECK_OK(add(fd, entry));
            } else if (info.st_nlink < 2 || seen_.insert(info.st_ino).second) {
                bytes_ += static_cast<std::uint64_t>(info.st_size);
            }
        }
    }
    [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }

  private:
    std::unordered_set<ino_t> seen_;
    std::uint64_t bytes_ = 0;
};

}  // namespace

Result<std::uint64_t> tree_size(const std::string& path) {
    Counter counter;
    CHECK_OK(counter.add(AT_FDCWD, path));
    return counter.bytes();
}

Result<> remove_tree(int dir, const std::string& name) {
    if (::unlinkat(dir, name.c_str(), 0) == 0 || errno == ENOENT) {
        return {};
    }
    if (errno != EISDIR && errno != EPERM) {
        return last_failure("unlink", name);
    }
    TRY(const Dir top, open_dir(dir, name));
    Remover remover(::dirfd(top.get()));
    do {
        ::rewinddir(top.get());
        CHECK_OK(remover.empty(top.get(), 0));
    } while (remover.moved());
    CHECK_OK(checked("rmdir", name, [&] { return ::unlinkat(dir, name.c_str(), AT_REMOVEDIR); }));
    return {};
}

Result<> remove_tree(const std::string& path) {
    return remove_tree(AT_FDCWD, path);
}

Result<> remove_empty_dir(const std::string& path) {
    CHECK_OK(checked("rmdir", path, [&] { return ::rmdir(path.c_str()); }));
    return {};
}

Result<std::string> move_to_trash(const std::string& path, const std::string& trash) {
    std::string name = random_hex(8);
    const std::string target = text::format("{}/{}", trash, name);
    if (::rename(path.c_str(), target.c_str()) == 0) {
        return name;
    }
    if (errno == ENOENT) {
        return std::string();
    }
    return last_failure("rename", path);
}

namespace {

Result<std::vector<std::string>> names_in(int parent, const std::string& path) {
    TRY(const Dir dir, open_dir(parent, path));
    std::vector<std::string> names;
    while (true) {
        TRY(std::string name, next_name(dir.get()));
        if (name.empty()) {
            return names;
        }
        names.push_back(std::move(name));
    }
}

}  // namespace

Result<std::vector<std::string>> list_dir(const std::string& path) {
    return names_in(AT_FDCWD, path);
}

Result<std::vector<std::string>> list_dir(int dir) {
    return names_in(dir, ".");
}

}  // namespace wherry::os
