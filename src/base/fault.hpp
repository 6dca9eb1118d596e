// Points between two steps of a change of state, at which a test may have the process killed
// (tests/faults). They exist where assertions do; in a release build they are nothing.
#pragma once

#include <string>

namespace wherry {

#ifdef NDEBUG
inline void fault_point(const char* /*name*/) noexcept {}
inline std::string fault_setting() {
    return "";
}
#else
/// SIGKILL for this process if the environment's WHERRY_FAULT names the point ("start.sent"); with
/// "NAME:3" at the third time. Each name stands once in the sources: the test finds them there.
void fault_point(const char* name) noexcept;
/// "WHERRY_FAULT=…" for a program that is started and has points of its own; "" without one.
[[nodiscard]] std::string fault_setting();
#endif

}  // namespace wherry
