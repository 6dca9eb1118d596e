#include "os/netns.hpp"

#include <fcntl.h>
#include <sched.h>

#include <thread>

#include "os/file.hpp"
#include "os/syscall.hpp"

namespace wherry::os {

Result<UniqueFd> make_netns(const std::function<Result<>(int netns)>& inside) {
    Result<UniqueFd> out = UniqueFd();
    // The namespace belongs to one thread; the caller's keeps its own.
    std::thread([&] {
        const auto run = [&]() -> Result<UniqueFd> {
            CHECK_OK(checked("unshare", "network", [] { return ::unshare(CLONE_NEWNET); }));
            TRY(UniqueFd netns, open("/proc/thread-self/ns/net", O_RDONLY));
            CHECK_OK(inside(netns.get()));
            return netns;
        };
        out = run();
    }).join();
    return out;
}

Result<> in_netns(int netns, const std::function<Result<>()>& inside) {
    Result<> out;
    std::thread([&] {
        const auto run = [&]() -> Result<> {
            CHECK_OK(checked("setns", "network", [&] { return ::setns(netns, CLONE_NEWNET); }));
            return inside();
        };
        out = run();
    }).join();
    return out;
}

}  // namespace wherry::os
