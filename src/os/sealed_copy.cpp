#include "os/sealed_copy.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.hpp"
#include "os/file.hpp"
#include "os/syscall.hpp"

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U  // Linux 6.3
#endif

namespace wherry::os {

namespace {

Result<UniqueFd> executable_memory(const std::string& name) {
    constexpr unsigned flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
    auto fd = retry([&] { return ::memfd_create(name.c_str(), flags | MFD_EXEC); });
    if (fd < 0 && errno == EINVAL) {
        fd = retry([&] { return ::memfd_create(name.c_str(), flags); });
    }
    if (fd < 0) {
        return last_failure("memfd_create", name);
    }
    return UniqueFd(static_cast<int>(fd));
}

Result<> copy_all(int to, int from, const std::string& path) {
    constexpr std::size_t most = std::size_t{1} << 30;
    while (true) {
        TRY(const auto sent,
            checked("sendfile", path, [&] { return ::sendfile(to, from, nullptr, most); }));
        if (sent == 0) {
            return {};
        }
    }
}

}  // namespace

Result<UniqueFd> sealed_copy(const std::string& path) {
    TRY(const auto program, open(path, O_RDONLY));
    TRY(auto copy, executable_memory(path.substr(path.rfind('/') + 1)));
    CHECK_OK(copy_all(copy.get(), program.get(), path));
    CHECK_OK(checked("fchmod", path, [&] { return ::fchmod(copy.get(), 0555); }));
    CHECK_OK(checked("seal", path, [&] {
        return ::fcntl(copy.get(), F_ADD_SEALS,
                       F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
    }));
    // Opened again for reading alone: a program that is open for writing cannot be started.
    return open(text::format("/proc/self/fd/{}", copy.get()), O_RDONLY);
}

Result<UniqueFd> duplicate(int fd) {
    TRY(const int copy, checked("dup", "", [&] { return ::fcntl(fd, F_DUPFD_CLOEXEC, 0); }));
    return UniqueFd(copy);
}

}  // namespace wherry::os
