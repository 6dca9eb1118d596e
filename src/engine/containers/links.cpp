#include "engine/containers/links.hpp"

#include <algorithm>

#include "base/id.hpp"
#include "base/text.hpp"
#include "engine/containers/ports.hpp"

namespace wherry::containers {

namespace {

std::string upper(std::string_view text) {
    std::string out(text);
    for (char& letter : out) {
        if (letter >= 'a' && letter <= 'z') {
            letter = static_cast<char>(letter - 'a' + 'A');
        } else if (letter == '-') {
            letter = '_';
        }
    }
    return out;
}

std::vector<Port> ports_of(const api::ContainerConfig& config) {
    std::vector<Port> out;
    for (const auto& [name, empty] : config.exposed_ports) {
        if (const auto port = find_port(name)) {
            out.push_back(*port);
        }
    }
    std::ranges::sort(out);
    return out;
}

}  // namespace

Result<LinkText> parse_link(std::string_view text) {
    if (text.empty()) {
        return Error(ErrorKind::internal, "empty string specified for links");
    }
    const auto parts = text::split(text, ':');
    if (parts.size() > 2) {
        return fail(ErrorKind::internal, "bad format for links: {}", text);
    }
    const auto last = [](std::string_view name) { return name.substr(name.rfind('/') + 1); };
    LinkText out;
    out.name = parts[0];
    out.alias = last(parts.size() == 2 ? parts[1] : parts[0]);
    return out;
}

std::vector<std::string> link_variables(const std::string& own_name, const LinkTarget& target,
                                        const api::ContainerConfig& config) {
    const std::string prefix = upper(target.alias);
    std::vector<std::string> out;
    out.push_back(text::format("{}_NAME=/{}/{}", prefix, own_name, target.alias));
    const auto ports = ports_of(config);
    if (!ports.empty()) {
        out.push_back(text::format("{}_PORT={}://{}:{}", prefix,
                                   protocol_name(ports.front().protocol), target.address,
                                   ports.front().number));
    }
    for (const Port& port : ports) {
        const std::string_view protocol = protocol_name(port.protocol);
        const std::string name =
            text::format("{}_PORT_{}_{}", prefix, port.number, upper(protocol));
        out.push_back(text::format("{}={}://{}:{}", name, protocol, target.address, port.number));
        out.push_back(text::format("{}_ADDR={}", name, target.address));
        out.push_back(text::format("{}_PORT={}", name, port.number));
        out.push_back(text::format("{}_PROTO={}", name, protocol));
    }
    for (const std::string& entry : config.env) {
        const auto parts = text::cut(entry, "=");
        if (parts && parts->first != "HOME" && parts->first != "PATH") {
            out.push_back(text::format("{}_ENV_{}={}", prefix, parts->first, parts->second));
        }
    }
    return out;
}

std::string with_link_hosts(std::string hosts, const std::vector<LinkTarget>& targets) {
    std::string lines;
    for (const LinkTarget& target : targets) {
        lines += text::format("{}\t{} {} {}\n", target.address, target.alias, short_id(target.id),
                              target.name);
    }
    const std::size_t end = hosts.ends_with('\n') ? hosts.size() - 1 : hosts.size();
    const std::size_t last = end == 0 ? std::string::npos : hosts.rfind('\n', end - 1);
    hosts.insert(last == std::string::npos ? 0 : last + 1, lines);
    return hosts;
}

}  // namespace wherry::containers
