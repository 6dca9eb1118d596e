#include "os/apparmor.hpp"

#include <fcntl.h>

#include <chrono>

#include "os/file.hpp"
#include "os/program.hpp"
#include "os/search_path.hpp"

namespace wherry::os {

namespace {

constexpr const char* parser = "apparmor_parser";
constexpr std::chrono::seconds load_limit{30};

}  // namespace

bool has_apparmor() {
    const auto enabled = read_file("/sys/module/apparmor/parameters/enabled");
    return enabled && enabled->starts_with('Y') && exists("/sys/kernel/security/apparmor") &&
           !find_program(parser).empty();
}

Result<bool> apparmor_profile_loaded(const std::string& name) {
    // A line a profile: "docker-default (enforce)".
    TRY(const std::string list, read_file("/sys/kernel/security/apparmor/profiles"));
    const std::string start = name + " (";
    return list.starts_with(start) || list.find("\n" + start) != std::string::npos;
}

Result<> load_apparmor_profile(const std::string& source) {
    // Not into the cache of the system's own profiles.
    TRY(const auto ended, run_program({parser, "--replace", "--skip-cache"}, source, load_limit));
    if (ended.exit_code != 0) {
        return fail(ErrorKind::internal, "{} ended with {}: {}", parser, ended.exit_code,
                    text::trim(ended.output));
    }
    return {};
}

Result<> confine_next_program(int proc, const std::string& profile) {
    // The second name is the one that all security modules shared before Linux 5.8.
    auto file = open_at(proc, "self/attr/apparmor/exec", O_WRONLY);
    if (!file) {
        file = open_at(proc, "self/attr/exec", O_WRONLY);
    }
    TRY(const UniqueFd fd, std::move(file));
    return write_all(fd.get(), "exec " + profile);
}

}  // namespace wherry::os
