// Running a command in a container that runs, from its creation to its exit code.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "api/list.hpp"
#include "wherry/types.hpp"

namespace wherry {

struct ExecOptions {
    api::List<std::string> cmd;
    std::vector<std::string> env;
    std::string user;         ///< empty: the container's
    std::string working_dir;  ///< empty: the container's
    bool privileged = false;
    bool tty = false;                                  ///< all output is then `out`
    std::string input;                                 ///< given to its standard input
    std::size_t output_limit = std::size_t{16} << 20;  ///< of `out` and `err` each; more is dropped
    /// Gets each piece as it comes, instead of `out` and `err`. Called on the client's loop.
    std::function<void(const Output&)> on_output;
};

struct ExecResult {
    std::string id;
    /// 126 or 127 where the command could not be started; `out` then says why.
    std::int64_t exit_code = 0;
    std::string out;
    std::string err;
    bool truncated = false;

    [[nodiscard]] bool ok() const noexcept { return exit_code == 0; }
};

}  // namespace wherry
