// What a container uses: one sample, and samples in a row. The numbers come from its control group,
// its network namespace and the machine.
#pragma once

#include <functional>
#include <string>

#include "api/generated/container.hpp"
#include "base/result.hpp"
#include "engine/containers/container.hpp"

namespace wherry::containers {

class Containers;

struct StatsQuery {
    bool stream = true;
    bool one_shot = false;  ///< with `stream` off: one sample at once, without the one before
};

using TakeStats = std::function<Task<Result<>>(api::ContainerStatsResponse)>;

/// Gives samples, about one a second, until the container is removed or `take` fails; or one, as
/// the query says. A container that does not run has zeros.
[[nodiscard]] Task<Result<>> sample_stats(Containers& containers, ContainerPtr container,
                                          StatsQuery query, TakeStats take);

/// Counters of the interfaces in a process's network namespace, from the text of /proc/PID/net/dev;
/// loopback, and what every namespace has of its own, left out. Pure.
[[nodiscard]] api::Map<api::ContainerNetworkStats> parse_net_dev(std::string_view text);

}  // namespace wherry::containers
