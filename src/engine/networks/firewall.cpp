#include "engine/networks/firewall.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>

#include "base/log.hpp"
#include "os/netlink/conntrack.hpp"
#include "os/program.hpp"

namespace wherry::networks {

namespace {

using namespace std::chrono_literals;

constexpr auto nft_limit = 20s;

std::vector<os::NftChange> changes(const std::vector<os::NftElement>& elements, bool remove) {
    std::vector<os::NftChange> out;
    out.reserve(elements.size());
    for (const os::NftElement& element : elements) {
        out.push_back({.element = element, .remove = remove});
    }
    return out;
}

}  // namespace

Result<os::NftSocket*> Firewall::socket() {
    if (!socket_) {
        TRY(socket_, os::NftSocket::open());
    }
    return &*socket_;
}

Result<std::uint32_t> Firewall::port_id() {
    TRY(os::NftSocket * socket, this->socket());
    return socket->port_id();
}

Result<bool> Firewall::exists() {
    TRY(os::NftSocket * socket, this->socket());
    return socket->has_table(table_);
}

Result<> Firewall::apply(const std::vector<os::NftChange>& changes) {
    TRY(os::NftSocket * socket, this->socket());
    return socket->apply(table_, changes);
}

/// A batch is all or nothing, so what may fail alone goes alone.
Result<> Firewall::one_by_one(const Elements& elements, bool remove) {
    for (const os::NftElement& element : elements) {
        auto done = apply({{.element = element, .remove = remove}});
        if (!done && !remove && done.error().os_error() == EEXIST) {
            done = apply(
                {{.element = element, .remove = true}, {.element = element, .remove = false}});
        }
        if (!done && !(remove && done.error().os_error() == ENOENT)) {
            return done;
        }
    }
    return {};
}

Result<> Firewall::load_skeleton(std::vector<std::uint32_t>& loaders) {
    const std::string skeleton = skeleton_text(table_);
    TRY(const auto ran, os::run_program({"nft", "-f", "-"}, skeleton, nft_limit));
    loaders.push_back(static_cast<std::uint32_t>(ran.pid));
    if (ran.exit_code == 0) {
        return {};
    }
    // A table of an older version with other types is in the way: made anew, elements follow.
    const std::string anew =
        text::format("add table inet {}\ndelete table inet {}\n", table_, table_);
    TRY(const auto again, os::run_program({"nft", "-f", "-"}, anew + skeleton, nft_limit));
    loaders.push_back(static_cast<std::uint32_t>(again.pid));
    if (again.exit_code != 0) {
        return fail(ErrorKind::internal, "nft could not load table inet {}: {}", table_,
                    text::trim(ran.output));
    }
    return {};
}

Result<> Firewall::drop() {
    const std::string gone =
        text::format("add table inet {}\ndelete table inet {}\n", table_, table_);
    TRY(const auto ran, os::run_program({"nft", "-f", "-"}, gone, nft_limit));
    if (ran.exit_code != 0) {
        return fail(ErrorKind::internal, "nft could not remove table inet {}: {}", table_,
                    text::trim(ran.output));
    }
    return {};
}

Result<> Firewall::replace(const Elements& elements) {
    std::vector<os::NftChange> all;
    for (std::string& set : set_names()) {
        all.push_back({.element = {.set = std::move(set)}, .remove = true});
    }
    for (const os::NftElement& element : elements) {
        all.push_back({.element = element});
    }
    return apply(all);
}

Result<> Firewall::add(const Elements& elements) {
    auto done = apply(changes(elements, false));
    if (!done && done.error().os_error() == EEXIST) {
        return one_by_one(elements, false);
    }
    return done;
}

Result<> Firewall::remove(const Elements& elements) {
    auto done = apply(changes(elements, true));
    if (!done && done.error().os_error() == ENOENT) {
        return one_by_one(elements, true);
    }
    return done;
}

void Firewall::forget_flows(const EndpointState& state) {
    std::vector<std::uint16_t> ports;
    for (const PublishedPort& port : state.ports) {
        if (port.protocol == Protocol::udp) {
            ports.push_back(port.host_port);
        }
    }
    if (ports.empty()) {
        return;
    }
    const auto done = os::forget_udp_flows([&](const os::UdpFlow& flow) {
        return std::ranges::find(ports, flow.destination_port) != ports.end();
    });
    if (!done) {
        log::warn("endpoint={} old udp flows stay: {}", state.endpoint_id, done.error().message());
    }
}

}  // namespace wherry::networks
