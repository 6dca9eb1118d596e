#include "os/file.hpp"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>

#include "base/id.hpp"
#include "base/scope_guard.hpp"
#include "os/syscall.hpp"

namespace wherry::os {

Result<UniqueFd> open(const std::string& path, int flags, mode_t mode) {
    return open_at(AT_FDCWD, path, flags, mode);
}

Result<UniqueFd> open_at(int dir, const std::string& path, int flags, mode_t mode) {
    TRY(const int fd, checked("open", path, [&] {
            return ::openat(dir, path.c_str(), flags | O_CLOEXEC, mode);
        }));
    return UniqueFd(fd);
}

Result<UniqueFd> memory_file(const char* name) {
    TRY(const int fd,
        checked("memfd_create", name, [&] { return ::memfd_create(name, MFD_CLOEXEC); }));
    return UniqueFd(fd);
}

Result<std::string> read_all(int fd) {
    std::string out;
    char buffer[16384];
    while (true) {
        TRY(const auto got, checked("read", "", [&] { return ::read(fd, buffer, sizeof buffer); }));
        if (got == 0) {
            return out;
        }
        out.append(buffer, static_cast<std::size_t>(got));
    }
}

Result<UniqueFd> reopen(int fd, int flags) {
    return open(text::format("/proc/self/fd/{}", fd), flags);
}

Result<std::string> read_from_start(int fd) {
    std::string out;
    char buffer[4096];
    while (true) {
        TRY(const auto got, checked("pread", "", [&] {
                return ::pread(fd, buffer, sizeof buffer, static_cast<off_t>(out.size()));
            }));
        if (got == 0) {
            return out;
        }
        out.append(buffer, static_cast<std::size_t>(got));
    }
}

Result<std::string> read_file(const std::string& path) {
    TRY(const auto fd, open(path, O_RDONLY));
    auto bytes = read_all(fd.get());
    if (!bytes) {
        return std::move(bytes).error().in(path);
    }
    return bytes;
}

Result<> write_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        TRY(const auto put,
            checked("write", "", [&] { return ::write(fd, bytes.data(), bytes.size()); }));
        bytes.remove_prefix(static_cast<std::size_t>(put));
    }
    return {};
}

Result<> write_file(const std::string& path, std::string_view bytes, mode_t mode) {
    TRY(const auto fd, open(path, O_WRONLY | O_CREAT | O_TRUNC, mode));
    auto written = write_all(fd.get(), bytes);
    if (!written) {
        return std::move(written).error().in(path);
    }
    return {};
}

Result<> replace_file(const std::string& path, std::string_view bytes, bool sync, mode_t mode) {
    const std::string scratch = path + ".new-" + random_hex(6);
    auto undo = on_failure([&]() noexcept { ::unlink(scratch.c_str()); });
    {
        TRY(const auto fd, open(scratch, O_WRONLY | O_CREAT | O_EXCL, mode));
        CHECK_OK(write_all(fd.get(), bytes));
        if (sync) {
            CHECK_OK(checked("fdatasync", path, [&] { return ::fdatasync(fd.get()); }));
        }
    }
    CHECK_OK(checked("rename", path, [&] { return ::rename(scratch.c_str(), path.c_str()); }));
    undo.commit();
    if (sync) {
        const auto slash = path.rfind('/');
        const std::string parent = slash == std::string::npos ? "." : path.substr(0, slash + 1);
        TRY(const auto dir, open(parent, O_RDONLY | O_DIRECTORY));
        CHECK_OK(checked("fsync", parent, [&] { return ::fsync(dir.get()); }));
    }
    return {};
}

Result<> extend_with_zeros(const std::string& path, std::uint64_t size) {
    TRY(const auto fd, open(path, O_WRONLY | O_CREAT | O_APPEND, 0600));
    struct stat info{};
    CHECK_OK(checked("fstat", path, [&] { return ::fstat(fd.get(), &info); }));
    const auto before = static_cast<std::uint64_t>(info.st_size);
    if (before >= size) {
        return {};
    }
    auto undo = on_failure([&]() noexcept { (void)::ftruncate(fd.get(), info.st_size); });
    // In pieces: a large one would stay with the allocator.
    const std::string zeros(std::size_t{64} * 1024, '\0');
    for (std::uint64_t left = size - before; left > 0;) {
        const auto piece = std::string_view(zeros).substr(0, left);
        CHECK_OK(write_all(fd.get(), piece));
        left -= piece.size();
    }
    CHECK_OK(checked("fdatasync", path, [&] { return ::fdatasync(fd.get()); }));
    undo.commit();
    return {};
}

Result<std::uint64_t> file_size(const std::string& path) {
    struct stat info{};
    CHECK_OK(checked("stat", path, [&] { return ::stat(path.c_str(), &info); }));
    return static_cast<std::uint64_t>(info.st_size);
}

bool exists(const std::string& path) {
    struct stat info{};
    return ::stat(path.c_str(), &info) == 0;
}

Result<> make_dirs(const std::string& path, mode_t mode) {
    if (::mkdir(path.c_str(), mode) == 0) {
        return {};
    }
    if (errno == EEXIST) {
        struct stat info{};
        CHECK_OK(checked("stat", path, [&] { return ::stat(path.c_str(), &info); }));
        if (!S_ISDIR(info.st_mode)) {
            return os_failure("mkdir", path, ENOTDIR);
        }
        return {};
    }
    const auto slash = path.rfind('/');
    if (errno != ENOENT || slash == std::string::npos || slash == 0) {
        return last_failure("mkdir", path);
    }
    CHECK_OK(make_dirs(path.substr(0, slash), mode));
    if (::mkdir(path.c_str(), mode) != 0 && errno != EEXIST) {
        return last_failure("mkdir", path);
    }
    return {};
}

Result<> rename(const std::string& from, const std::string& to) {
    CHECK_OK(checked("rename", from, [&] { return ::rename(from.c_str(), to.c_str()); }));
    return {};
}

Result<> remove_file(const std::string& path) {
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
        return last_failure("unlink", path);
    }
    return {};
}

}  // namespace wherry::os
