// Endpoints: what a container gets when it starts, and what is taken back when it ends.
#include <algorithm>
#include <cerrno>

#include "base/fault.hpp"
#include "base/id.hpp"
#include "base/log.hpp"
#include "base/scope_guard.hpp"
#include "engine/networks/catalog.hpp"
#include "engine/networks/hosts_file.hpp"
#include "engine/networks/publish.hpp"
#include "engine/networks/resolv_conf.hpp"
#include "net/async/cancel.hpp"
#include "os/file.hpp"

namespace wherry::networks {

namespace {

/// The reference's name for an end on the host: "veth" and seven hex digits.
std::string new_interface_name() {
    return "veth" + random_hex(4).substr(0, 7);
}

const std::vector<std::string>& first_given(const std::vector<std::string>& own,
                                            const std::vector<std::string>& fallback) {
    return own.empty() ? fallback : own;
}

bool names_gateway(const std::vector<std::string>& extra_hosts) {
    return std::ranges::any_of(
        extra_hosts, [](const std::string& entry) { return entry.ends_with("host-gateway"); });
}

}  // namespace

Task<Result<Endpoint>> Networks::connect(EndpointRequest request) {
    CO_TRY(const NetworkName name, resolve(request.network));
    if (connected_.contains(request.container_id)) {
        CO_CHECK_OK(co_await disconnect(request.container_id));
    }
    if (name.driver == "bridge" || (names_gateway(request.extra_hosts) && !without_bridge())) {
        CO_CHECK_OK(co_await ready());
    }
    Network* network = by_id(name.id);
    if (network == nullptr) {
        co_return fail(ErrorKind::not_found, "network {} not found", request.network);
    }
    CO_TRY(Endpoint endpoint, claim(request, *network));
    Result<> done = write_files(request, name.driver, endpoint);
    if (done) {
        done = co_await link(endpoint, request.container_id);
    }
    if (!done) {
        const Result<> undone = co_await disconnect(request.container_id);
        if (!undone) {
            log::warn("container={} disconnect: {}", short_id(request.container_id),
                      undone.error().message());
        }
        co_return std::move(done).error();
    }
    co_return endpoint;
}

/// Address, ports and names, in memory and by bound sockets; the endpoint counts as connected from
/// here on.
Result<Endpoint> Networks::claim(const EndpointRequest& request, Network& network) {
    Endpoint out;
    EndpointState& state = out.state;
    state.network_id = network.record.id;
    state.network_name = network.record.name;
    state.endpoint_id = new_id();
    if (network.pool) {
        if (!request.ipv4_address.empty() && network.record.name == "bridge") {
            return Error(ErrorKind::invalid,
                         "invalid config for network bridge: invalid endpoint settings:\n"
                         "* user specified IP address is supported on user defined networks only\n"
                         "* user specified IP address is supported only when connecting to "
                         "networks with user configured subnets");
        }
        AddressPool& pool = *network.pool;
        TRY(const Ipv4 address, pool.take());
        auto undo = on_failure([&]() noexcept { pool.release(address); });
        state.ipv4_address = address.text();
        state.ipv4_prefix = pool.subnet().prefix;
        state.gateway = pool.gateway().text();
        state.mac_address = request.mac_address.empty() ? mac_of(address) : request.mac_address;
        state.host_interface = new_interface_name();
        std::vector<PortRequest> ports = request.ports;
        for (PortRequest& port : ports) {
            port.host_ip = port.host_ip.empty() ? config_.host_ip : port.host_ip;
        }
        auto published = publish(ports_, ports, state.ipv4_address);
        if (!published) {
            return std::move(published).error().in(
                text::format("driver failed programming external connectivity on endpoint {} "
                             "({})",
                             request.container_name, state.endpoint_id));
        }
        state.ports = std::move(published->ports);
        out.reserved = std::move(published->reserved);
        out.relays = std::move(published->relays);
        undo.commit();
    }
    connected_.insert_or_assign(
        request.container_id,
        Connected{.name = request.container_name, .bridge = network.bridge.name, .state = state});
    return out;
}

Task<Result<>> Networks::link(Endpoint& endpoint, const std::string& container_id) {
    const auto found = connected_.find(container_id);
    const Network* network = by_id(endpoint.state.network_id);
    if (found == connected_.end() || network == nullptr) {
        co_return fail(ErrorKind::internal, "endpoint of container {} is gone", container_id);
    }
    if (network->record.driver == "host") {
        co_return Result<>();
    }
    if (network->record.driver == "null") {
        auto make = [] { return make_loopback_namespace(); };
        CO_TRY(endpoint.netns, co_await async::blocking(links_, std::move(make)));
        co_return Result<>();
    }
    const EndpointState& state = endpoint.state;
    GuestPlan plan;
    plan.bridge_index = network->bridge.index;
    plan.host_interface = state.host_interface;
    plan.mac = state.mac_address;
    plan.address = text::format("{}/{}", state.ipv4_address, state.ipv4_prefix);
    plan.gateway = state.gateway;
    plan.mtu = config_.mtu;
    auto put = [this, elements = endpoint_elements(network->bridge.name, state),
                state]() -> Result<> {
        CHECK_OK(firewall_.add(elements));
        Firewall::forget_flows(state);
        return {};
    };
    Result<> published = co_await async::blocking(rules_, std::move(put));
    if (!published && published.error().os_error() == ENOENT) {
        published = co_await resync();  // flushed a moment ago; this endpoint goes in with all
    }
    CO_CHECK_OK(std::move(published));
    fault_point("network.published");
    auto make = [plan = std::move(plan)] { return make_guest_namespace(plan); };
    CO_TRY(endpoint.netns, co_await async::blocking(links_, std::move(make)));
    fault_point("network.linked");
    co_return Result<>();
}

Task<Result<>> Networks::disconnect(std::string container_id) {
    // Half a removal would leave an address on the bridge that is given to the next.
    co_return co_await async::shielded(give_back(std::move(container_id)));
}

Task<Result<>> Networks::give_back(std::string container_id) {
    auto node = connected_.extract(container_id);
    if (node.empty()) {
        co_return Result<>();
    }
    const Connected gone = std::move(node.mapped());
    Result<> done;
    if (!gone.state.ipv4_address.empty()) {
        auto take_out = [this, elements = endpoint_elements(gone.bridge, gone.state),
                         state = gone.state]() -> Result<> {
            CHECK_OK(firewall_.remove(elements));
            Firewall::forget_flows(state);
            return {};
        };
        done = co_await async::blocking(rules_, std::move(take_out));
        fault_point("network.unpublished");
        // The kernel lets a removed interface's name and peer go only after a grace period (some
        // 30 ms): nobody waits for it, but the address is free only then, since the old end would
        // answer for it.
        group_.spawn(unlink(gone.state));
    }
    for (const PublishedPort& port : gone.state.ports) {
        ports_.release(port);
    }
    co_return done;
}

Task<> Networks::unlink(EndpointState state) {
    auto remove = [name = state.host_interface] { return remove_interface(name); };
    const Result<> removed = co_await async::blocking(unlinks_, std::move(remove));
    if (!removed) {
        log::warn("interface={} not removed: {}", state.host_interface, removed.error().message());
    }
    release_address(state);
}

void Networks::release_address(const EndpointState& state) {
    Network* network = by_id(state.network_id);
    const auto address = Ipv4::parse(state.ipv4_address);
    if (network != nullptr && network->pool && address) {
        network->pool->release(*address);
    }
}

Result<> Networks::restore(std::string container_id, EndpointState state) {
    Network* network = by_id(state.network_id);
    if (network == nullptr) {
        return fail(ErrorKind::not_found, "network {} not found", state.network_name);
    }
    if (network->pool && !state.ipv4_address.empty()) {
        TRY(const Ipv4 address, Ipv4::parse(state.ipv4_address));
        CHECK_OK(network->pool->take(address));
    }
    for (const PublishedPort& port : state.ports) {
        ports_.take(port);
    }
    connected_.insert_or_assign(
        container_id,
        Connected{.name = "", .bridge = network->bridge.name, .state = std::move(state)});
    // Before the start its elements go in with all others.
    if (prepared_ || group_.size() != 0) {
        group_.spawn(put_back(std::move(container_id)));
    }
    return {};
}

Task<> Networks::put_back(std::string container_id) {
    Result<> done = co_await ready();
    const auto found = connected_.find(container_id);
    if (done && found != connected_.end()) {
        const Connected& connected = found->second;
        auto put = [this, elements = endpoint_elements(connected.bridge, connected.state)] {
            return firewall_.add(elements);
        };
        done = co_await async::blocking(rules_, std::move(put));
    }
    if (!done && done.error().kind() != ErrorKind::cancelled) {
        log::warn("container={} published ports: {}", short_id(container_id),
                  done.error().message());
    }
}

std::string Networks::gateway_of_host() const {
    for (const auto& [id, network] : networks_) {
        if (network.record.name == "bridge" && network.pool) {
            return network.pool->gateway().text();
        }
    }
    return "";
}

Result<> Networks::write_files(const EndpointRequest& request, std::string_view driver,
                               Endpoint& endpoint) const {
    const bool host = driver == "host";
    if (host && request.extra_hosts.empty()) {
        TRY(endpoint.hosts, os::read_file("/etc/hosts"));
    } else {
        HostsFile file;
        file.address = endpoint.state.ipv4_address;
        file.hostname = request.hostname;
        file.domainname = request.domainname;
        file.extra_hosts = request.extra_hosts;
        file.gateway = gateway_of_host();
        TRY(endpoint.hosts, hosts_text(file));
    }
    ResolvConf conf;
    // A machine without the file has no servers: the fallback stands.
    conf.host_text = os::read_file(conf.path).value_or("");
    const std::string_view path = host_resolv_conf_path(conf.host_text);
    if (!host && path != conf.path) {
        if (auto other = os::read_file(std::string(path)); other) {
            conf.host_text = *std::move(other);
            conf.path = path;
        }
    }
    conf.dns = first_given(request.dns, config_.dns);
    conf.search = first_given(request.dns_search, config_.dns_search);
    conf.options = first_given(request.dns_options, config_.dns_options);
    conf.own_loopback = !host;
    endpoint.resolv_conf = resolv_conf_text(conf);
    return {};
}

}  // namespace wherry::networks
