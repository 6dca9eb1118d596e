#include "engine/containers/ports.hpp"

#include <set>

#include "base/text.hpp"

namespace wherry::containers {

namespace {

Error bad_port(std::string_view text) {
    return fail(ErrorKind::invalid, "invalid port specification: \"{}\"", text);
}

std::optional<networks::Protocol> find_protocol(std::string_view name) {
    const std::string lower = text::lower(name);
    if (lower == "tcp") {
        return networks::Protocol::tcp;
    }
    if (lower == "udp") {
        return networks::Protocol::udp;
    }
    if (lower == "sctp") {
        return networks::Protocol::sctp;
    }
    return std::nullopt;
}

/// "", "8080" or "8000-8010" of a binding.
Result<> put_host_port(networks::PortRequest& request, std::string_view text) {
    if (text.empty() || text == "0") {
        return {};
    }
    const auto range = text::cut(text, "-");
    const auto first = text::parse_int<std::uint16_t>(range ? range->first : text);
    const auto last = range ? text::parse_int<std::uint16_t>(range->second) : first;
    if (!first || !last || *last < *first) {
        return bad_port(text);
    }
    request.host_port_first = *first;
    request.host_port_last = *last;
    return {};
}

std::set<Port> exposed(const api::ContainerConfig& config) {
    std::set<Port> out;
    for (const auto& [name, empty] : config.exposed_ports) {
        if (const auto port = find_port(name)) {
            out.insert(*port);
        }
    }
    return out;
}

}  // namespace

std::optional<Port> find_port(std::string_view text) {
    const auto parts = text::cut(text, "/");
    const auto number = text::parse_int<std::uint16_t>(parts ? parts->first : text);
    const auto protocol = find_protocol(parts ? parts->second : "tcp");
    if (!number || !protocol) {
        return std::nullopt;
    }
    return Port{*number, *protocol};
}

std::string_view protocol_name(networks::Protocol protocol) {
    switch (protocol) {
        case networks::Protocol::udp:
            return "udp";
        case networks::Protocol::sctp:
            return "sctp";
        default:
            return "tcp";
    }
}

std::string port_text(const Port& port) {
    return text::format("{}/{}", port.number, protocol_name(port.protocol));
}

Result<std::vector<networks::PortRequest>> port_requests(const api::ContainerConfig& config,
                                                         const api::HostConfig& host) {
    std::vector<networks::PortRequest> out;
    const std::set<Port> open = exposed(config);
    std::set<Port> bound;
    for (const auto& [name, bindings] : host.port_bindings) {
        const auto port = find_port(name);
        if (!port) {
            return bad_port(name);
        }
        bound.insert(*port);
        for (const auto& binding : bindings) {
            networks::PortRequest request{.protocol = port->protocol,
                                          .container_port = port->number,
                                          .host_ip = binding.host_ip};
            CHECK_OK(put_host_port(request, binding.host_port));
            if (open.contains(*port)) {
                out.push_back(std::move(request));
            }
        }
    }
    if (host.publish_all_ports) {
        for (const Port& port : open) {
            if (!bound.contains(port)) {
                out.push_back({.protocol = port.protocol, .container_port = port.number});
            }
        }
    }
    return out;
}

api::Map<api::List<api::PortBinding>> ports_in_use(
    const api::ContainerConfig& config, const std::vector<networks::PublishedPort>& published) {
    auto out = api::Map<api::List<api::PortBinding>>::empty_map();
    for (const Port& port : exposed(config)) {
        out[port_text(port)];
    }
    for (const auto& one : published) {
        api::PortBinding binding;
        binding.host_ip = one.host_ip;
        binding.host_port = text::format("{}", one.host_port);
        out[port_text({one.container_port, one.protocol})].push_back(std::move(binding));
    }
    return out;
}

api::List<api::PortSummary> port_summaries(const api::ContainerConfig& config,
                                           const std::vector<networks::PublishedPort>& published) {
    auto out = api::List<api::PortSummary>::empty_list();
    std::set<Port> unpublished = exposed(config);
    for (const auto& one : published) {
        api::PortSummary summary;
        summary.ip = one.host_ip;
        summary.private_port = one.container_port;
        summary.public_port = one.host_port;
        summary.type = protocol_name(one.protocol);
        unpublished.erase({one.container_port, one.protocol});
        out.push_back(std::move(summary));
    }
    for (const Port& port : unpublished) {
        api::PortSummary summary;
        summary.private_port = port.number;
        summary.type = protocol_name(port.protocol);
        out.push_back(std::move(summary));
    }
    return out;
}

}  // namespace wherry::containers
