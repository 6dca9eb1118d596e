#include "os/namespace.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/socket.h>

#include <cstdlib>

#include "os/file.hpp"
#include "os/syscall.hpp"

namespace wherry::os {

Result<int> socket_in_namespace(int network_namespace, int family, int type) {
    const auto make = [&] { return ::socket(family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0); };
    if (network_namespace < 0) {
        return checked("socket", "", make);
    }
    TRY(const auto own, open("/proc/thread-self/ns/net", O_RDONLY));
    CHECK_OK(checked("setns", "network", [&] { return ::setns(network_namespace, CLONE_NEWNET); }));
    auto made = checked("socket", "", make);
    if (::setns(own.get(), CLONE_NEWNET) != 0) {
        std::abort();  // everything after this would happen in the wrong network
    }
    return made;
}

Result<> join_namespaces(int pidfd) {
    constexpr int all =
        CLONE_NEWCGROUP | CLONE_NEWIPC | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWPID | CLONE_NEWUTS;
    CHECK_OK(checked("setns", "process", [&] { return ::setns(pidfd, all); }));
    return {};
}

}  // namespace wherry::os
