#include "os/lock_file.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "os/file.hpp"
#include "os/syscall.hpp"

namespace wherry::os {

namespace {

constexpr std::chrono::milliseconds pause{5};

/// Whether the path still names the open file.
bool is_current(const std::string& path, int fd) {
    struct stat named{};
    struct stat opened{};
    return ::stat(path.c_str(), &named) == 0 && ::fstat(fd, &opened) == 0 &&
           named.st_ino == opened.st_ino && named.st_dev == opened.st_dev;
}

}  // namespace

Result<std::optional<LockFile>> LockFile::try_take(const std::string& path) {
    while (true) {
        TRY(auto fd, open(path, O_RDWR | O_CREAT, 0600));
        if (retry([&] { return ::flock(fd.get(), LOCK_EX | LOCK_NB); }) != 0) {
            if (errno == EWOULDBLOCK) {
                return std::optional<LockFile>();
            }
            return last_failure("flock", path);
        }
        if (is_current(path, fd.get())) {
            return std::optional<LockFile>(LockFile(path, std::move(fd)));
        }
        // Its holder has removed it between our open and our lock.
    }
}

Result<LockFile> LockFile::take(const std::string& path, std::chrono::milliseconds limit) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (true) {
        TRY(auto lock, try_take(path));
        if (lock) {
            return std::move(*lock);
        }
        if (std::chrono::steady_clock::now() >= end) {
            return fail(ErrorKind::unavailable, "lock {}: somebody else holds it", path);
        }
        ::poll(nullptr, 0, static_cast<int>(pause.count()));
    }
}

Result<> LockFile::remove() const {
    return remove_file(path_);
}

}  // namespace wherry::os
