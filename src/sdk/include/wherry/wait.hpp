// Waiting for a container's end.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace wherry {

enum class WaitUntil : std::uint8_t {
    not_running,  ///< at once, if it does not run (also before its first start)
    next_exit,    ///< the next end, whatever its state is now
    removed,
};

/// As the API writes it: "next-exit".
[[nodiscard]] std::string_view to_string(WaitUntil condition) noexcept;

struct WaitOptions {
    WaitUntil until = WaitUntil::not_running;
};

/// How a container ended.
struct Exit {
    std::int64_t code = 0;
    std::string error;  ///< of the daemon, where the wait itself went wrong
};

}  // namespace wherry
