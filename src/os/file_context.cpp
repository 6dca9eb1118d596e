#include "os/file_context.hpp"

#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/syscall.hpp"

namespace wherry::os {

Result<> enter_own_file_context() {
    CHECK_OK(checked("unshare", "CLONE_FS", [] { return ::unshare(CLONE_FS); }));
    ::umask(022);
    CHECK_OK(checked("chdir", "/", [] { return ::chdir("/"); }));
    return {};
}

}  // namespace wherry::os
