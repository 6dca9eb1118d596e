#include "os/root_dir.hpp"

#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <climits>
#include <deque>
#include <vector>

#include "base/text.hpp"
#include "os/file.hpp"
#include "os/syscall.hpp"

namespace wherry::os {

namespace {

constexpr int max_links = 40;      // as the kernel's own limit
constexpr int max_attempts = 128;  // EAGAIN: something was renamed during a look-up of ".."

std::atomic<bool> openat2_is_missing = false;

bool has_openat2() {
    return !openat2_is_missing.load(std::memory_order_relaxed);
}

struct How {
    int flags = 0;
    mode_t mode = 0;
    std::uint64_t resolve = RESOLVE_IN_ROOT;
};

Result<UniqueFd> open_by_kernel(int dir, const std::string& path, const How& wanted) {
    const int flags = wanted.flags;
    open_how how{};
    how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
    how.mode = (flags & O_CREAT) != 0 ? wanted.mode : 0;  // the kernel refuses a mode without it
    how.resolve = wanted.resolve | RESOLVE_NO_MAGICLINKS;
    for (int attempt = 0;; ++attempt) {
        const auto fd =
            retry([&] { return ::syscall(SYS_openat2, dir, path.c_str(), &how, sizeof how); });
        if (fd >= 0) {
            return UniqueFd(static_cast<int>(fd));
        }
        if (errno != EAGAIN || attempt >= max_attempts) {
            return last_failure("open", path);
        }
    }
}

Result<std::string> read_link(int link, const std::string& path) {
    std::string target(PATH_MAX, '\0');
    TRY(const auto size, checked("readlink", path, [&] {
            return ::readlinkat(link, "", target.data(), target.size());
        }));
    target.resize(static_cast<std::size_t>(size));
    return target;
}

// The names still to be walked, and the folders walked so far (for "..").
class Walk {
  public:
    Walk(int root, const std::string& path) : root_(root), path_(path) { push(path); }

    [[nodiscard]] bool done() const noexcept { return names_.empty(); }
    [[nodiscard]] int here() const noexcept { return dirs_.empty() ? root_ : dirs_.back().get(); }
    [[nodiscard]] std::string next() {
        std::string name = std::move(names_.front());
        names_.pop_front();
        return name;
    }
    void enter(UniqueFd dir) { dirs_.push_back(std::move(dir)); }
    void leave() {
        if (!dirs_.empty()) {
            dirs_.pop_back();
        }
    }
    [[nodiscard]] Result<> follow(int link) {
        if (++links_ > max_links) {
            return os_failure("open", path_, ELOOP);
        }
        TRY(const std::string target, read_link(link, path_));
        if (target.starts_with('/')) {
            dirs_.clear();
        }
        push(target);
        return {};
    }

  private:
    void push(const std::string& path) {
        std::deque<std::string> names;
        for (const std::string_view name : text::split(path, '/')) {
            if (!name.empty() && name != ".") {
                names.emplace_back(name);
            }
        }
        names_.insert(names_.begin(), names.begin(), names.end());
    }

    int root_;
    const std::string& path_;
    std::deque<std::string> names_;
    std::vector<UniqueFd> dirs_;
    int links_ = 0;
};

}  // namespace

Result<RootDir> RootDir::open(const std::string& path) {
    TRY(auto dir, os::open(path, O_PATH | O_DIRECTORY));
    return RootDir(std::move(dir));
}

Result<UniqueFd> RootDir::open_in(const std::string& path, int flags, LastLink last,
                                  mode_t mode) const {
    if (has_openat2()) {
        const int nofollow = last == LastLink::keep ? O_NOFOLLOW : 0;
        auto opened = open_by_kernel(fd(), path.empty() ? "." : path,
                                     {.flags = flags | nofollow, .mode = mode});
        // A seccomp filter that does not know the call answers EPERM.
        if (opened || (opened.error().os_error() != ENOSYS && opened.error().os_error() != EPERM)) {
            return opened;
        }
        if (opened.error().os_error() == ENOSYS) {
            openat2_is_missing.store(true, std::memory_order_relaxed);
        }
    }
    return open_by_steps(path, flags, last, mode);
}

Result<UniqueFd> RootDir::open_beneath(const std::string& path, int flags) const {
    return open_by_kernel(fd(), path.empty() ? "." : path,
                          {.flags = flags, .resolve = RESOLVE_BENEATH});
}

Result<UniqueFd> RootDir::open_by_steps(const std::string& path, int flags, LastLink last,
                                        mode_t mode) const {
    Walk walk(fd(), path);
    while (!walk.done()) {
        const std::string name = walk.next();
        if (name == "..") {
            walk.leave();
            continue;
        }
        if (walk.done() && (flags & O_CREAT) != 0) {
            auto made = open_at(walk.here(), name, flags | O_NOFOLLOW, mode);
            if (made || made.error().os_error() != ELOOP || last == LastLink::keep) {
                return made;
            }
        }
        TRY(auto found, open_at(walk.here(), name, O_PATH | O_NOFOLLOW));
        struct stat info{};
        CHECK_OK(checked("stat", path, [&] { return ::fstat(found.get(), &info); }));
        if (S_ISLNK(info.st_mode) && !(walk.done() && last == LastLink::keep)) {
            CHECK_OK(walk.follow(found.get()));
            continue;
        }
        if (!walk.done() && !S_ISDIR(info.st_mode)) {
            return os_failure("open", path, ENOTDIR);
        }
        if (walk.done()) {
            return open_at(walk.here(), name, flags | O_NOFOLLOW, mode);
        }
        walk.enter(std::move(found));
    }
    return open_at(walk.here(), ".", flags & ~O_CREAT, mode);
}

Result<RootDir::Place> RootDir::open_parent(const std::string& path) const {
    std::vector<std::string_view> names;
    for (const std::string_view name : text::split(path, '/')) {
        if (!name.empty() && name != ".") {
            names.push_back(name);
        }
    }
    Place place;
    if (!names.empty() && names.back() == "..") {
        return fail(ErrorKind::invalid, "the path {} does not end in a name", path);
    }
    std::string parent;
    for (std::size_t i = 0; i + 1 < names.size(); ++i) {
        parent.append("/").append(names[i]);
    }
    if (!names.empty()) {
        place.name = names.back();
    }
    TRY(place.dir, open_in(parent, O_PATH | O_DIRECTORY));
    return place;
}

}  // namespace wherry::os
