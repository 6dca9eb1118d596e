#include "os/memory_file.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include "os/syscall.hpp"

namespace wherry::os {

Result<UniqueFd> make_memory_file(const char* name) {
    TRY(const int fd,
        checked("memfd_create", name, [&] { return ::memfd_create(name, MFD_CLOEXEC); }));
    return UniqueFd(fd);
}

Result<std::string> memory_file_text(int fd) {
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

}  // namespace wherry::os
