// Running a container from its creation to its end, without a race on the way.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "api/generated/container.hpp"
#include "wherry/types.hpp"

namespace wherry {

struct RunOptions {
    std::string image;
    api::List<std::string> cmd;
    std::string name;
    std::string platform;
    std::vector<std::string> env;
    std::vector<std::string> binds;  ///< "/host/path:/path:ro", "volume:/path"
    std::string user;
    std::string working_dir;
    std::string network;
    std::string input;  ///< given to the process's standard input
    bool pull_if_missing = true;
    bool remove = true;                                ///< the container is gone when `run` returns
    std::size_t output_limit = std::size_t{16} << 20;  ///< of `out` and `err` each; more is dropped
    /// Gets each piece as it comes, instead of `out` and `err`. Called on the client's loop.
    std::function<void(const Output&)> on_output;
    /// Gets the messages of a pull.
    std::function<void(const Progress&)> on_progress;
    /// Everything else: filled in first, then what is above.
    api::ContainerCreateRequest spec;
};

struct RunResult {
    std::string id;
    std::int64_t exit_code = 0;
    std::string out;
    std::string err;
    std::string error;  ///< of the daemon, where waiting or removing went wrong
    bool truncated = false;
    /// From the start's answer to the exit's.
    std::chrono::nanoseconds duration{0};

    [[nodiscard]] bool ok() const noexcept { return exit_code == 0 && error.empty(); }
};

}  // namespace wherry
