#include "launch/process.hpp"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/text.hpp"
#include "os/apparmor.hpp"
#include "os/credentials.hpp"
#include "os/syscall.hpp"
#include "os/syscall_filter.hpp"

namespace wherry::launch {

namespace {

using wire::FailureCode;

constexpr mode_t default_mask = 0022;

std::vector<char*> pointers(const std::vector<std::string>& texts) {
    std::vector<char*> out;
    out.reserve(texts.size() + 1);
    for (const std::string& text : texts) {
        // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): execve(2) does not write there
        out.push_back(const_cast<char*>(text.c_str()));
    }
    out.push_back(nullptr);
    return out;
}

/// A user other than root can open what it was given again, by /dev/stdout.
Result<> set_up_streams(const Process& process) {
    if (process.terminal != nullptr) {
        const int slave = process.terminal->slave.get();
        CHECK_OK(os::control_terminal(slave));
        for (int number = 0; number < 3; ++number) {
            CHECK_OK(os::checked("dup2", "terminal", [&] { return ::dup2(slave, number); }));
        }
    }
    for (int number = 0; number < 3; ++number) {
        struct stat info{};
        const bool other = ::fstat(number, &info) == 0 && info.st_uid != process.plan.uid;
        const bool owned =
            S_ISFIFO(info.st_mode) || S_ISSOCK(info.st_mode) || process.terminal != nullptr;
        if (other && owned && ::fchown(number, process.plan.uid, static_cast<gid_t>(-1)) != 0 &&
            errno != EROFS && errno != EINVAL && errno != EPERM) {
            return os::last_failure("fchown", "standard stream");
        }
    }
    return {};
}

Result<> set_limits(const std::vector<wire::ResourceLimit>& limits) {
    for (const wire::ResourceLimit& limit : limits) {
        const rlimit wanted{limit.soft, limit.hard};
        CHECK_OK(os::checked("setrlimit", text::format("{}", limit.resource), [&] {
            return ::setrlimit(static_cast<__rlimit_resource>(limit.resource), &wanted);
        }));
    }
    return {};
}

/// As root first: the folder may be closed to the user's own rights only for want of a capability
/// that is about to go; as the user afterwards, where root is refused (a network file system).
class Folder {
  public:
    explicit Folder(const std::string& path) : path_(path) { enter(); }
    [[nodiscard]] Result<> as_user() {
        if (code_ == EACCES || code_ == EPERM) {
            enter();
        }
        if (code_ != 0) {
            return fail(ErrorKind::internal, "chdir to cwd (\"{}\") set in config.json failed: {}",
                        path_, os_reason(code_));
        }
        return {};
    }

  private:
    void enter() { code_ = ::chdir(path_.c_str()) == 0 ? 0 : errno; }

    const std::string& path_;
    int code_ = 0;
};

Result<> become_user(const Process& process) {
    const wire::ProcessPlan& plan = process.plan;
    if (!plan.apparmor_profile.empty()) {
        CHECK_OK(os::confine_next_program(process.proc, plan.apparmor_profile));
    }
    CHECK_OK(os::limit_capabilities(plan.bounding));
    Folder folder(plan.folder);
    if (plan.no_new_privileges) {
        CHECK_OK(os::forbid_new_privileges());
    } else if (!process.filter.empty()) {
        // Without that promise only a privileged process may have a filter.
        CHECK_OK(os::install_filter(process.filter));
    }
    CHECK_OK(os::become({.uid = plan.uid,
                         .gid = plan.gid,
                         .groups = {plan.groups.begin(), plan.groups.end()},
                         .effective = plan.effective,
                         .permitted = plan.permitted}));
    CHECK_OK(folder.as_user());
    if (plan.no_new_privileges && !process.filter.empty()) {
        CHECK_OK(os::install_filter(process.filter));
    }
    return {};
}

Result<> prepare(const Process& process) {
    CHECK_OK(os::checked("setsid", "", [] { return ::setsid(); }));
    CHECK_OK(set_up_streams(process));
    CHECK_OK(set_limits(process.plan.limits));
    ::umask(default_mask);
    return become_user(process);
}

/// Why the program could not be started: of a search, the first refusal that is not its absence.
wire::Failure start_program(const wire::ProcessPlan& plan) {
    const auto arguments = pointers(plan.arguments);
    const auto environment = pointers(plan.environment);
    int reason = ENOENT;
    for (const std::string& path : candidates(plan.arguments.front(), plan.environment)) {
        ::execve(path.c_str(), arguments.data(), environment.data());
        if (errno == ENOENT || errno == ENOTDIR) {
            continue;
        }
        reason = errno;
        if (reason != EACCES) {
            break;
        }
    }
    if (reason == ENOENT) {
        return {FailureCode::not_found, {}};
    }
    if (reason == EACCES) {
        return {FailureCode::permission, {}};
    }
    return {FailureCode::other,
            text::format("exec {}: {}", plan.arguments.front(), os_reason(reason))};
}

}  // namespace

std::vector<std::string> candidates(const std::string& program,
                                    const std::vector<std::string>& environment) {
    constexpr std::string_view variable = "PATH=";
    if (program.find('/') != std::string::npos) {
        return {program};
    }
    std::vector<std::string> out;
    for (const std::string& entry : environment) {
        if (program.empty() || !entry.starts_with(variable)) {
            continue;
        }
        for (const auto folder : text::split(entry.substr(variable.size()), ':')) {
            if (folder.starts_with('/')) {
                out.push_back(text::format("{}/{}", folder, program));
            }
        }
        break;
    }
    return out;
}

wire::Failure become_process(const Process& process) {
    if (auto prepared = prepare(process); !prepared) {
        return {FailureCode::other,
                text::format("unable to start container process: {}", prepared.error().message())};
    }
    return start_program(process.plan);
}

}  // namespace wherry::launch
