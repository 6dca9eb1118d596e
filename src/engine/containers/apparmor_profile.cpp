#include "engine/containers/apparmor_profile.hpp"

#include "engine/containers/security_options.hpp"

namespace wherry::containers {

std::string apparmor_profile(const api::HostConfig& host) {
    if (host.privileged) {
        return "unconfined";
    }
    const auto options = parse_security_options(host.security_opt);
    return options && !options->apparmor.empty() ? options->apparmor : default_apparmor_profile;
}

std::string confining_profile(const api::HostConfig& host, bool has_apparmor) {
    const std::string name = has_apparmor ? apparmor_profile(host) : "unconfined";
    return name == "unconfined" ? "" : name;
}

std::string default_apparmor_source() {
    // Everything that namespaces, capabilities and file modes allow, less what reaches through them
    // to the kernel of the host. Paths are as the container sees them.
    constexpr const char* rules = R"(
  # The rules below only take away.
  network,
  capability,
  file,
  umount,

  # The host's programs (engine, monitors, runtimes, its administrator) end containers; those inside
  # signal and trace each other.
  signal (receive) peer=unconfined,
  signal (receive) peer={crun,runc},
  signal (send, receive) peer=docker-default,
  ptrace (trace, read, tracedby, readby) peer=docker-default,

  deny mount,

  # Of /proc only what is about processes may be written, and the limits of shared memory.
  deny /proc/* w,
  deny /proc/[^1-9s]** w,
  deny /proc/s[^ey]** w,
  deny /proc/sys/[^k]** w,
  deny /proc/sys/kernel/{?,??,[^s]**,s[^h]**,sh[^m]**} w,
  deny /proc/{kcore,kmem,mem,sysrq-trigger} rwklx,

  # Of /sys only control groups.
  deny /sys/[^f]*/** wklx,
  deny /sys/f[^s]*/** wklx,
  deny /sys/fs/[^c]*/** wklx,
  deny /sys/fs/c[^g]*/** wklx,
  deny /sys/fs/cg[^r]*/** wklx,
  deny /sys/{firmware,devices/virtual/powercap,kernel/security}/** rwklx,
)";
    return std::string("profile ") + default_apparmor_profile +
           " flags=(attach_disconnected,mediate_deleted) {" + rules + "}\n";
}

}  // namespace wherry::containers
