// `filters` of a list of containers, parsed and checked, and what a list is asked for. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "api/filters.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "engine/containers/container.hpp"
#include "engine/containers/ports.hpp"

namespace wherry::containers {

struct ListFilter {
    api::Filters filters;
    std::set<std::int64_t> exited;
    std::vector<Port> published;
    std::vector<Port> exposed;
    std::optional<Time> until;  ///< of prune
};

/// Checks keys and values; errors read as the reference's.
[[nodiscard]] Result<ListFilter> parse_list_filter(api::Filters filters);
[[nodiscard]] Result<ListFilter> parse_prune_filter(api::Filters filters, Time at);

/// What the filter asks of a container itself; `before`, `since` and `ancestor` are the list's.
[[nodiscard]] bool matches(const ListFilter& filter, const Container& container);

struct ListOptions {
    bool all = false;
    bool size = false;
    std::int64_t limit = 0;
    ListFilter filter;
};

}  // namespace wherry::containers
