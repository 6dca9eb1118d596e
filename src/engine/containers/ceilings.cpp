#include "engine/containers/ceilings.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace wherry::containers {

namespace {

/// -1 is no limit at all, which is more than any other.
bool exceeds(std::int64_t value, std::uint64_t ceiling) {
    return value < 0 || static_cast<std::uint64_t>(value) > ceiling;
}

}  // namespace

api::ResourcesUlimits within(api::ResourcesUlimits asked, const os::LimitCeilings& ceilings) {
    const auto at = ceilings.ulimits.find(asked.name);
    if (at == ceilings.ulimits.end()) {
        return asked;
    }
    const auto highest = static_cast<std::int64_t>(
        std::min<std::uint64_t>(at->second, static_cast<std::uint64_t>(INT64_MAX)));
    if (exceeds(asked.hard, at->second)) {
        asked.hard = highest;
    }
    if (exceeds(asked.soft, at->second)) {
        asked.soft = highest;
    }
    return asked;
}

std::int64_t within(std::int64_t oom_score_adj, const os::LimitCeilings& ceilings) {
    return oom_score_adj == 0 ? 0 : std::max(oom_score_adj, ceilings.oom_score_adj);
}

std::vector<std::string> ceiling_warnings(const api::HostConfig& host,
                                          const os::LimitCeilings& ceilings) {
    std::vector<std::string> out;
    for (const auto& asked : host.ulimits) {
        const auto given = within(asked, ceilings);
        if (given.hard != asked.hard || given.soft != asked.soft) {
            out.push_back(text::format(
                "The ulimit {} cannot be raised to {}:{} by this engine. {}:{} is used.",
                asked.name, asked.soft, asked.hard, given.soft, given.hard));
        }
    }
    if (const auto given = within(host.oom_score_adj, ceilings); given != host.oom_score_adj) {
        out.push_back(
            text::format("OomScoreAdj cannot be lowered to {} by this engine. {} is used.",
                         host.oom_score_adj, given));
    }
    return out;
}

}  // namespace wherry::containers
