// -p: published ports.
#include "base/text.hpp"
#include "bin/wherry/run_options.hpp"

namespace wherry::command {

namespace {

struct PortRange {
    int first = 0;
    int last = 0;
    [[nodiscard]] int size() const noexcept { return last - first + 1; }
};

Result<PortRange> parse_range(std::string_view text, std::string_view whole) {
    const auto dash = text.find('-');
    const auto first = text::parse_int<int>(text.substr(0, dash));
    const auto last =
        dash == std::string_view::npos ? first : text::parse_int<int>(text.substr(dash + 1));
    if (!first || !last || *first < 0 || *last > 65535 || *last < *first) {
        return fail(ErrorKind::invalid, "invalid port \"{}\" in \"{}\"", text, whole);
    }
    return PortRange{.first = *first, .last = *last};
}

/// Cuts from the right, since an address may have colons of its own.
std::string_view take_last(std::string_view& text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) {
        return std::exchange(text, {});
    }
    const auto last = text.substr(colon + 1);
    text = text.substr(0, colon);
    return last;
}

}  // namespace

Result<> publish(api::ContainerCreateRequest& request, std::string_view text) {
    std::string protocol = "tcp";
    std::string_view rest = text;
    if (const auto slash = rest.rfind('/'); slash != std::string_view::npos) {
        protocol = text::lower(rest.substr(slash + 1));
        rest = rest.substr(0, slash);
    }
    if (protocol != "tcp" && protocol != "udp" && protocol != "sctp") {
        return fail(ErrorKind::invalid, "invalid proto: {}", protocol);
    }
    TRY(const auto inside, parse_range(take_last(rest), text));
    const std::string_view outside = take_last(rest);
    std::string address(rest);
    if (address.starts_with('[') && address.ends_with(']')) {
        address = address.substr(1, address.size() - 2);
    }
    PortRange host{};
    if (!outside.empty()) {
        TRY(host, parse_range(outside, text));
        if (host.size() != inside.size() && inside.size() != 1) {
            return fail(ErrorKind::invalid,
                        "invalid ranges specified for container and host Ports: {}", text);
        }
    }
    for (int port = inside.first; port <= inside.last; ++port) {
        const std::string key = text::format("{}/{}", port, protocol);
        request.exposed_ports[key];
        api::PortBinding binding;
        binding.host_ip = address;
        if (!outside.empty()) {
            const bool spread = inside.size() == 1 && host.size() != 1;
            binding.host_port = spread ? std::string(outside)
                                       : text::format("{}", host.first + port - inside.first);
        }
        request.host_config.port_bindings[key].push_back(std::move(binding));
    }
    return {};
}

}  // namespace wherry::command
