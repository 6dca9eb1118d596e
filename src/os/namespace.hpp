// Namespaces by descriptor.
#pragma once

#include "base/result.hpp"

namespace wherry::os {

/// A socket (close-on-exec, non-blocking) that belongs to another network namespace; the caller's
/// thread is back in its own afterwards. -1 as namespace: an ordinary socket.
[[nodiscard]] Result<int> socket_in_namespace(int network_namespace, int family, int type);

/// The caller joins all namespaces of a process, its user namespace excepted, and finds itself in
/// the root folder of its mounts. New children are in its process namespace; the caller is not.
/// Only for a program with one thread.
[[nodiscard]] Result<> join_namespaces(int pidfd);

}  // namespace wherry::os
