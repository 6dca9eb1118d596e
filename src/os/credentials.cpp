#include "os/credentials.hpp"

#include <grp.h>
#include <linux/capability.h>
#include <linux/keyctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>

#include "os/syscall.hpp"

namespace wherry::os {

namespace {

Result<> control(const char* name, int option, unsigned long argument) {
    CHECK_OK(checked("prctl", name, [&] { return ::prctl(option, argument, 0, 0, 0); }));
    return {};
}

Result<> set_capabilities(std::uint64_t effective, std::uint64_t permitted) {
    __user_cap_header_struct head{_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, 2> data{};
    for (std::size_t i = 0; i < data.size(); ++i) {
        data.at(i).effective = static_cast<std::uint32_t>(effective >> (32 * i));
        data.at(i).permitted = static_cast<std::uint32_t>(permitted >> (32 * i));
    }
    CHECK_OK(checked("capset", "", [&] { return ::syscall(SYS_capset, &head, data.data()); }));
    return {};
}

}  // namespace

Result<> limit_capabilities(std::uint64_t keep) {
    for (unsigned long number = 0; number < 64; ++number) {
        const int held = ::prctl(PR_CAPBSET_READ, number, 0, 0, 0);
        if (held < 0) {
            return {};  // past the last that the kernel knows
        }
        if (held == 1 && ((keep >> number) & 1) == 0) {
            CHECK_OK(control("PR_CAPBSET_DROP", PR_CAPBSET_DROP, number));
        }
    }
    return {};
}

Result<> become(const Credentials& wanted) {
    // Else a change from root to another user would take all capabilities away.
    CHECK_OK(control("PR_SET_KEEPCAPS", PR_SET_KEEPCAPS, 1));
    CHECK_OK(checked("setgroups", "",
                     [&] { return ::setgroups(wanted.groups.size(), wanted.groups.data()); }));
    CHECK_OK(
        checked("setresgid", "", [&] { return ::setresgid(wanted.gid, wanted.gid, wanted.gid); }));
    CHECK_OK(
        checked("setresuid", "", [&] { return ::setresuid(wanted.uid, wanted.uid, wanted.uid); }));
    CHECK_OK(control("PR_SET_KEEPCAPS", PR_SET_KEEPCAPS, 0));
    CHECK_OK(checked("prctl", "PR_CAP_AMBIENT_CLEAR_ALL",
                     [] { return ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0); }));
    return set_capabilities(wanted.effective, wanted.permitted);
}

Result<> forbid_new_privileges() {
    return control("PR_SET_NO_NEW_PRIVS", PR_SET_NO_NEW_PRIVS, 1);
}

Result<> hide_from_tracers() {
    return control("PR_SET_DUMPABLE", PR_SET_DUMPABLE, 0);
}

Result<> join_session_keyring(const char* name) {
    if (::syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, name) < 0 && errno != ENOSYS) {
        return last_failure("keyctl", name);
    }
    return {};
}

}  // namespace wherry::os
