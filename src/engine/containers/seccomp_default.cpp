// Docker's default profile as data (behaviour: default sandbox lists).
#include "base/text.hpp"
#include "engine/containers/seccomp_profile.hpp"

namespace wherry::containers {

namespace {

using Names = std::vector<std::string>;

constexpr const char* allow = "SCMP_ACT_ALLOW";
constexpr const char* refuse = "SCMP_ACT_ERRNO";
constexpr std::int64_t enosys = 38;
/// The namespace flags of clone(2): a container without CAP_SYS_ADMIN makes none.
constexpr std::uint64_t namespace_flags = 0x7E020000;

/// Separated by blanks; split once.
constexpr std::string_view always_allowed =
    "_llseek _newselect accept accept4 access adjtimex alarm bind brk cachestat capget capset "
    "chdir chmod chown chown32 clock_adjtime clock_adjtime64 clock_getres clock_getres_time64 "
    "clock_gettime clock_gettime64 clock_nanosleep clock_nanosleep_time64 close close_range "
    "connect copy_file_range creat dup dup2 dup3 epoll_create epoll_create1 epoll_ctl "
    "epoll_ctl_old epoll_pwait epoll_pwait2 epoll_wait epoll_wait_old eventfd eventfd2 execve "
    "execveat exit exit_group faccessat faccessat2 fadvise64 fadvise64_64 fallocate "
    "fanotify_mark fchdir fchmod fchmodat fchmodat2 fchown fchown32 fchownat fcntl fcntl64 "
    "fdatasync fgetxattr flistxattr flock fork fremovexattr fsetxattr fstat fstat64 fstatat64 "
    "fstatfs fstatfs64 fsync ftruncate ftruncate64 futex futex_requeue futex_time64 "
    "futex_wait futex_waitv futex_wake futimesat get_robust_list get_thread_area getcpu "
    "getcwd getdents getdents64 getegid getegid32 geteuid geteuid32 getgid getgid32 getgroups "
    "getgroups32 getitimer getpeername getpgid getpgrp getpid getppid getpriority getrandom "
    "getresgid getresgid32 getresuid getresuid32 getrlimit getrusage getsid getsockname "
    "getsockopt gettid gettimeofday getuid getuid32 getxattr getxattrat inotify_add_watch "
    "inotify_init inotify_init1 inotify_rm_watch io_cancel io_destroy io_getevents "
    "io_pgetevents io_pgetevents_time64 io_setup io_submit ioctl ioprio_get ioprio_set ipc "
    "kill landlock_add_rule landlock_create_ruleset landlock_restrict_self lchown lchown32 "
    "lgetxattr link linkat listen listmount listxattr listxattrat llistxattr lremovexattr "
    "lseek lsetxattr lstat lstat64 madvise map_shadow_stack membarrier memfd_create "
    "memfd_secret mincore mkdir mkdirat mknod mknodat mlock mlock2 mlockall mmap mmap2 "
    "mprotect mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedreceive_time64 "
    "mq_timedsend mq_timedsend_time64 mq_unlink mremap mseal msgctl msgget msgrcv msgsnd "
    "msync munlock munlockall munmap name_to_handle_at nanosleep newfstatat open openat "
    "openat2 pause pidfd_open pidfd_send_signal pipe pipe2 pkey_alloc pkey_free pkey_mprotect "
    "poll ppoll ppoll_time64 prctl pread64 preadv preadv2 prlimit64 process_mrelease pselect6 "
    "pselect6_time64 pwrite64 pwritev pwritev2 read readahead readlink readlinkat readv recv "
    "recvfrom recvmmsg recvmmsg_time64 recvmsg remap_file_pages removexattr removexattrat "
    "rename renameat renameat2 restart_syscall riscv_hwprobe rmdir rseq rt_sigaction "
    "rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait "
    "rt_sigtimedwait_time64 rt_tgsigqueueinfo sched_get_priority_max sched_get_priority_min "
    "sched_getaffinity sched_getattr sched_getparam sched_getscheduler sched_rr_get_interval "
    "sched_rr_get_interval_time64 sched_setaffinity sched_setattr sched_setparam "
    "sched_setscheduler sched_yield seccomp select semctl semget semop semtimedop "
    "semtimedop_time64 send sendfile sendfile64 sendmmsg sendmsg sendto set_robust_list "
    "set_thread_area set_tid_address setfsgid setfsgid32 setfsuid setfsuid32 setgid setgid32 "
    "setgroups setgroups32 setitimer setpgid setpriority setregid setregid32 setresgid "
    "setresgid32 setresuid setresuid32 setreuid setreuid32 setrlimit setsid setsockopt setuid "
    "setuid32 setxattr setxattrat shmat shmctl shmdt shmget shutdown sigaltstack signalfd "
    "signalfd4 sigprocmask sigreturn socketcall socketpair splice stat stat64 statfs statfs64 "
    "statmount statx symlink symlinkat sync sync_file_range syncfs sysinfo tee tgkill time "
    "timer_create timer_delete timer_getoverrun timer_gettime timer_gettime64 timer_settime "
    "timer_settime64 timerfd_create timerfd_gettime timerfd_gettime64 timerfd_settime "
    "timerfd_settime64 times tkill truncate truncate64 ugetrlimit umask uname unlink unlinkat "
    "uretprobe utime utimensat utimensat_time64 utimes vfork vmsplice wait4 waitid waitpid "
    "write writev";

SeccompRule allowed(Names names) {
    return {.names = std::move(names), .action = allow};
}

/// Allowed while argument 0 compares so.
SeccompRule allowed_if(const char* name, std::uint64_t value, const char* op) {
    return {.names = {name}, .action = allow, .args = {{0, value, 0, op}}};
}

SeccompRule with_cap(const char* cap, Names names) {
    return {.names = std::move(names), .action = allow, .includes = {.caps = {cap}}};
}

SeccompRule on_arch(Names arches, Names names) {
    return {.names = std::move(names), .action = allow, .includes = {.arches = std::move(arches)}};
}

std::vector<SeccompArch> arch_map() {
    return {{"SCMP_ARCH_X86_64", {"SCMP_ARCH_X86", "SCMP_ARCH_X32"}},
            {"SCMP_ARCH_AARCH64", {"SCMP_ARCH_ARM"}},
            {"SCMP_ARCH_MIPS64", {"SCMP_ARCH_MIPS", "SCMP_ARCH_MIPS64N32"}},
            {"SCMP_ARCH_MIPS64N32", {"SCMP_ARCH_MIPS", "SCMP_ARCH_MIPS64"}},
            {"SCMP_ARCH_MIPSEL64", {"SCMP_ARCH_MIPSEL", "SCMP_ARCH_MIPSEL64N32"}},
            {"SCMP_ARCH_MIPSEL64N32", {"SCMP_ARCH_MIPSEL", "SCMP_ARCH_MIPSEL64"}},
            {"SCMP_ARCH_S390X", {"SCMP_ARCH_S390"}},
            {"SCMP_ARCH_RISCV64", {}},
            {"SCMP_ARCH_LOONGARCH64", {}}};
}

void add_argument_rules(std::vector<SeccompRule>& rules) {
    rules.push_back({.names = {"process_vm_readv", "process_vm_writev", "ptrace"},
                     .action = allow,
                     .includes = {.min_kernel = "4.8"}});
    // AF_ALG (38) and AF_VSOCK (40) are left out.
    rules.push_back(allowed_if("socket", 38, "SCMP_CMP_LT"));
    rules.push_back(allowed_if("socket", 39, "SCMP_CMP_EQ"));
    rules.push_back(allowed_if("socket", 40, "SCMP_CMP_GT"));
    for (const std::uint64_t persona : {0x0ULL, 0x8ULL, 0x20000ULL, 0x20008ULL, 0xffffffffULL}) {
        rules.push_back(allowed_if("personality", persona, "SCMP_CMP_EQ"));
    }
    rules.push_back({.names = {"clone"},
                     .action = allow,
                     .args = {{0, namespace_flags, 0, "SCMP_CMP_MASKED_EQ"}},
                     .excludes = {.arches = {"s390", "s390x"}, .caps = {"CAP_SYS_ADMIN"}}});
    rules.push_back({.names = {"clone"},
                     .action = allow,
                     .args = {{1, namespace_flags, 0, "SCMP_CMP_MASKED_EQ"}},
                     .includes = {.arches = {"s390", "s390x"}},
                     .excludes = {.caps = {"CAP_SYS_ADMIN"}}});
    rules.push_back({.names = {"clone3"},
                     .action = refuse,
                     .errno_ret = enosys,
                     .excludes = {.caps = {"CAP_SYS_ADMIN"}}});
}

void add_arch_rules(std::vector<SeccompRule>& rules) {
    rules.push_back(on_arch({"ppc64le"}, {"swapcontext", "sync_file_range2"}));
    rules.push_back(
        on_arch({"arm", "arm64"}, {"arm_fadvise64_64", "arm_sync_file_range", "breakpoint",
                                   "cacheflush", "set_tls", "sync_file_range2"}));
    rules.push_back(on_arch({"amd64", "x32"}, {"arch_prctl"}));
    rules.push_back(on_arch({"amd64", "x32", "x86"}, {"modify_ldt"}));
    rules.push_back(on_arch({"s390", "s390x"},
                            {"s390_pci_mmio_read", "s390_pci_mmio_write", "s390_runtime_instr"}));
    rules.push_back(on_arch({"riscv64"}, {"riscv_flush_icache"}));
}

void add_capability_rules(std::vector<SeccompRule>& rules) {
    rules.push_back(with_cap("CAP_SYS_ADMIN", {"bpf",
                                               "clone",
                                               "clone3",
                                               "fanotify_init",
                                               "fsconfig",
                                               "fsmount",
                                               "fsopen",
                                               "fspick",
                                               "lookup_dcookie",
                                               "lsm_get_self_attr",
                                               "lsm_list_modules",
                                               "lsm_set_self_attr",
                                               "mount",
                                               "mount_setattr",
                                               "move_mount",
                                               "open_tree",
                                               "perf_event_open",
                                               "quotactl",
                                               "quotactl_fd",
                                               "setdomainname",
                                               "sethostname",
                                               "setns",
                                               "syslog",
                                               "umount",
                                               "umount2",
                                               "unshare"}));
    rules.push_back(with_cap("CAP_DAC_READ_SEARCH", {"open_by_handle_at"}));
    rules.push_back(with_cap("CAP_SYS_BOOT", {"reboot"}));
    rules.push_back(with_cap("CAP_SYS_CHROOT", {"chroot"}));
    rules.push_back(with_cap("CAP_SYS_PACCT", {"acct"}));
    rules.push_back(with_cap("CAP_SYSLOG", {"syslog"}));
    rules.push_back(with_cap("CAP_SYS_TTY_CONFIG", {"vhangup"}));
    rules.push_back(with_cap("CAP_BPF", {"bpf"}));
    rules.push_back(with_cap("CAP_PERFMON", {"perf_event_open"}));
    rules.push_back(with_cap("CAP_SYS_MODULE", {"delete_module", "finit_module", "init_module"}));
    rules.push_back(
        with_cap("CAP_SYS_PTRACE", {"kcmp", "pidfd_getfd", "process_madvise", "process_vm_readv",
                                    "process_vm_writev", "ptrace"}));
    rules.push_back(with_cap("CAP_SYS_RAWIO", {"ioperm", "iopl"}));
    rules.push_back(
        with_cap("CAP_SYS_TIME", {"clock_settime", "clock_settime64", "settimeofday", "stime"}));
    rules.push_back(with_cap(
        "CAP_SYS_NICE", {"get_mempolicy", "mbind", "set_mempolicy", "set_mempolicy_home_node"}));
}

}  // namespace

const SeccompProfile& default_seccomp_profile() {
    static const SeccompProfile profile = [] {
        SeccompProfile made;
        made.default_action = refuse;
        made.default_errno_ret = 1;
        made.arch_map = arch_map();
        const auto names = text::split(always_allowed, ' ');
        made.syscalls.push_back(allowed(Names(names.begin(), names.end())));
        add_argument_rules(made.syscalls);
        add_arch_rules(made.syscalls);
        add_capability_rules(made.syscalls);
        return made;
    }();
    return profile;
}

}  // namespace wherry::containers
