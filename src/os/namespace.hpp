// Network namespaces by descriptor.
#pragma once

#include "base/result.hpp"

namespace wherry::os {

/// A socket (close-on-exec, non-blocking) that belongs to another network namespace; the caller's
/// thread is back in its own afterwards. -1 as namespace: an ordinary socket.
[[nodiscard]] Result<int> socket_in_namespace(int network_namespace, int family, int type);

}  // namespace wherry::os
