#include "os/memory_file.hpp"

#include <sys/mman.h>

#include "os/file.hpp"
#include "os/syscall.hpp"

namespace wherry::os {

Result<UniqueFd> make_memory_file(const char* name, std::string_view bytes) {
    TRY(const int raw,
        checked("memfd_create", name, [&] { return ::memfd_create(name, MFD_CLOEXEC); }));
    UniqueFd fd(raw);
    CHECK_OK(write_all(fd.get(), bytes));
    return fd;
}

}  // namespace wherry::os
