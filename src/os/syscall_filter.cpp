#include "os/syscall_filter.hpp"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstring>
#include <limits>
#include <vector>

#include "os/syscall.hpp"

namespace wherry::os {

Result<> install_filter(std::string_view program) {
    const std::size_t count = program.size() / sizeof(sock_filter);
    if (count == 0 || count * sizeof(sock_filter) != program.size() ||
        count > std::numeric_limits<unsigned short>::max()) {
        return fail(ErrorKind::invalid, "{} bytes are no seccomp filter", program.size());
    }
    std::vector<sock_filter> filter(count);
    std::memcpy(filter.data(), program.data(), program.size());
    const sock_fprog described{static_cast<unsigned short>(count), filter.data()};
    CHECK_OK(checked("seccomp", "filter", [&] {
        return ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW,
                         &described);
    }));
    return {};
}

}  // namespace wherry::os
