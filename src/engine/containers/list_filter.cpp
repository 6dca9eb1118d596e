#include "engine/containers/list_filter.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace wherry::containers {

namespace {

Result<> check_statuses(const api::Filters& filters) {
    for (const std::string& value : filters.values("status")) {
        const bool known = value == "created" || value == "running" || value == "paused" ||
                           value == "restarting" || value == "removing" || value == "exited" ||
                           value == "dead";
        if (!known) {
            return fail(ErrorKind::invalid,
                        "invalid filter 'status={}': invalid value for state ({}): must be one of "
                        "created, running, paused, restarting, removing, exited, dead",
                        value, value);
        }
    }
    return {};
}

/// "80", "80/tcp", "80-90/tcp"; the reference does not type this error.
Result<> put_ports(std::vector<Port>& out, const std::string& value) {
    const auto parts = text::cut(value, "/");
    const std::string_view numbers = parts ? parts->first : std::string_view(value);
    const std::string_view protocol = parts ? parts->second : std::string_view("tcp");
    const auto range = text::cut(numbers, "-");
    const auto first = text::parse_int<std::uint16_t>(range ? range->first : numbers);
    const auto last = range ? text::parse_int<std::uint16_t>(range->second) : first;
    const auto typed = find_port("1/" + std::string(protocol));
    if (!first || !last || *last < *first || !typed) {
        return fail(ErrorKind::internal, "filter for 'publish' should not contain ports: {}",
                    value);
    }
    for (unsigned port = *first; port <= *last; ++port) {
        out.push_back({static_cast<std::uint16_t>(port), typed->protocol});
    }
    return {};
}

}  // namespace

Result<ListFilter> parse_list_filter(api::Filters filters) {
    CHECK_OK(filters.check_keys({"ancestor", "before", "exited", "expose", "health", "id",
                                 "is-task", "isolation", "label", "name", "network", "publish",
                                 "since", "status", "volume"}));
    ListFilter out;
    for (const std::string& value : filters.values("exited")) {
        const auto code = text::parse_int(value);
        if (!code) {
            return fail(ErrorKind::invalid,
                        "invalid filter 'exited={}': strconv.Atoi: parsing \"{}\": invalid syntax",
                        value, value);
        }
        out.exited.insert(*code);
    }
    CHECK_OK(check_statuses(filters));
    for (const std::string& value : filters.values("publish")) {
        CHECK_OK(put_ports(out.published, value));
    }
    for (const std::string& value : filters.values("expose")) {
        CHECK_OK(put_ports(out.exposed, value));
    }
    if (filters.has("is-task")) {
        TRY(const bool task, filters.flag("is-task", false));
        static_cast<void>(task);
    }
    out.filters = std::move(filters);
    return out;
}

Result<ListFilter> parse_prune_filter(api::Filters filters, Time at) {
    CHECK_OK(filters.check_keys({"label", "label!", "until"}));
    ListFilter out;
    TRY(out.until, filters.until(at));
    out.filters = std::move(filters);
    return out;
}

namespace {

bool matches_mounts(const api::Filters& filters, const Container& container) {
    if (!filters.has("volume")) {
        return true;
    }
    return std::ranges::any_of(container.record.mounts, [&](const MountRecord& mount) {
        return filters.has_value("volume", mount.name.empty() ? mount.source : mount.name) ||
               filters.has_value("volume", mount.destination);
    });
}

bool matches_network(const api::Filters& filters, const Container& container) {
    if (!filters.has("network")) {
        return true;
    }
    if (container.endpoint && filters.prefix("network", container.endpoint->network_id)) {
        return true;
    }
    const auto& networks = container.record.endpoints;
    return std::ranges::any_of(
        networks, [&](const auto& entry) { return filters.has_value("network", entry.first); });
}

bool matches_ports(const ListFilter& filter, const Container& container) {
    if (!filter.published.empty()) {
        const auto& ports =
            container.endpoint ? container.endpoint->ports : std::vector<networks::PublishedPort>();
        const bool any = std::ranges::any_of(ports, [&](const auto& port) {
            const Port inside{port.container_port, port.protocol};
            const Port outside{port.host_port, port.protocol};
            return std::ranges::find(filter.published, inside) != filter.published.end() ||
                   std::ranges::find(filter.published, outside) != filter.published.end();
        });
        if (!any) {
            return false;
        }
    }
    if (filter.exposed.empty()) {
        return true;
    }
    return std::ranges::any_of(container.record.config.exposed_ports, [&](const auto& entry) {
        const auto port = find_port(entry.first);
        return port && std::ranges::find(filter.exposed, *port) != filter.exposed.end();
    });
}

bool matches_health(const api::Filters& filters, const Container& container) {
    if (!filters.has("health")) {
        return true;
    }
    return filters.has_value("health", container.health ? container.health->status : "none");
}

}  // namespace

bool matches(const ListFilter& filter, const Container& container) {
    const api::Filters& filters = filter.filters;
    const std::string& name = container.record.name;
    if (!filters.pattern("id", container.id()) ||
        !(filters.pattern("name", name) || filters.pattern("name", "/" + name)) ||
        !filters.labels("label", container.record.config.labels)) {
        return false;
    }
    if (filters.has("label!") && filters.labels("label!", container.record.config.labels)) {
        return false;
    }
    if (filters.has("status") && !filters.has_value("status", to_string(container.status()))) {
        return false;
    }
    if (!filter.exited.empty() && (container.status() != Status::exited ||
                                   !filter.exited.contains(container.state.exit_code))) {
        return false;
    }
    if (filters.has("is-task") && filters.flag("is-task", false).value_or(false)) {
        return false;
    }
    return matches_mounts(filters, container) && matches_network(filters, container) &&
           matches_ports(filter, container) && matches_health(filters, container);
}

}  // namespace wherry::containers
