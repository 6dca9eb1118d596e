// Rotated files of a log are compressed by the daemon, so that the monitor stays small; those that
// were rotated while no daemon ran, by the next one.
#pragma once

#include <string>

#include "engine/containers/container.hpp"
#include "engine/containers/log_options.hpp"
#include "net/async/pool.hpp"

namespace wherry::containers {

/// Compresses what is rotated until the present run has ended.
[[nodiscard]] Task<> keep_log_compressed(async::Pool& pool, async::Executor executor,
                                         ContainerPtr container, LogSource source);
/// One round. Blocks.
[[nodiscard]] Result<> compress_rotated(const LogSource& source);
/// The plain bytes of a compressed file, in memory. Blocks.
[[nodiscard]] Result<os::UniqueFd> open_compressed_log(const std::string& path);

}  // namespace wherry::containers
