#include "engine/containers/sysctls.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace wherry::containers {

namespace {

constexpr std::array ipc_switches = {"kernel.msgmax", "kernel.msgmnb",         "kernel.msgmni",
                                     "kernel.sem",    "kernel.shmall",         "kernel.shmmax",
                                     "kernel.shmmni", "kernel.shm_rmid_forced"};

Result<> check(const std::string& name, const api::HostConfig& host) {
    std::string dotted = name;
    if (const auto first = dotted.find_first_of("./");
        first != std::string::npos && dotted[first] == '/') {
        std::ranges::replace(dotted, '/', '.');
    }
    const bool ipc = std::ranges::find(ipc_switches, dotted) != ipc_switches.end() ||
                     dotted.starts_with("fs.mqueue.");
    if (ipc && host.ipc_mode == "host") {
        return fail(ErrorKind::internal, "sysctl \"{}\" is not allowed in the hosts ipc namespace",
                    name);
    }
    if (dotted.starts_with("net.")) {
        if (host.network_mode == "host") {
            return fail(ErrorKind::internal, "sysctl \"{}\" not allowed in host network namespace",
                        name);
        }
        return {};
    }
    if (dotted == "kernel.hostname" && host.uts_mode != "host") {
        return fail(ErrorKind::internal,
                    "sysctl \"{}\" is not allowed as it conflicts with the OCI \"hostname\" field",
                    name);
    }
    if (ipc || (dotted == "kernel.domainname" && host.uts_mode != "host")) {
        return {};
    }
    return fail(ErrorKind::internal, "sysctl \"{}\" is not in a separate kernel namespace", name);
}

}  // namespace

Result<> check_sysctls(const api::HostConfig& host) {
    for (const auto& [name, value] : host.sysctls) {
        CHECK_OK(check(name, host));
    }
    return {};
}

}  // namespace wherry::containers
