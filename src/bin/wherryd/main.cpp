// wherryd: a container engine that serves the Docker Engine API.
#include <unistd.h>

#include <cstdio>

#include "base/trace.hpp"
#include "bin/wherryd/daemon.hpp"
#include "bin/wherryd/log_sink.hpp"
#include "bin/wherryd/options.hpp"
#include "os/memory.hpp"
#include "server/build_info.hpp"

namespace {

namespace daemon = wherry::daemon;
namespace server = wherry::server;
using wherry::Error;
using wherry::ErrorKind;

int complain(const Error& error) {
    std::fprintf(stderr, "%s\n", error.message().c_str());
    return 1;
}

int check_only(const daemon::Options& options) {
    if (const auto valid = daemon::validate(options); !valid) {
        return complain(valid.error());
    }
    std::fputs("configuration OK\n", stdout);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    daemon::ParsedFlags flags = daemon::parse_flags(argc, argv);
    if (flags.exit_code >= 0) {
        std::fputs(flags.output.c_str(), flags.exit_code == 0 ? stdout : stderr);
        return flags.exit_code;
    }
    if (flags.options.version) {
        std::printf("wherryd version %s, build %s\n", server::engine_version().c_str(),
                    std::string(server::git_commit()).c_str());
        return 0;
    }
    if (const auto merged = daemon::merge_config_file(flags); !merged) {
        return complain(merged.error());
    }
    if (flags.options.validate) {
        return check_only(flags.options);
    }
    if (const auto valid = daemon::validate(flags.options); !valid) {
        return complain(valid.error());
    }
    if (::geteuid() != 0) {
        return complain(Error(ErrorKind::denied,
                              "wherryd needs to run as root (rootless engines "
                              "are not built yet)"));
    }
    wherry::os::keep_heap_small();
    wherry::trace::open_from_environment();
    daemon::start_logging(flags.options.debug ? "debug" : flags.options.log_level);
    if (const auto ran = daemon::run(flags.options); !ran) {
        std::fprintf(stderr, "failed to start daemon: %s\n", ran.error().message().c_str());
        return 1;
    }
    return 0;
}
