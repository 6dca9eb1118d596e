#include "engine/networks/catalog.hpp"

#include <algorithm>

#include "api/filters.hpp"
#include "base/clock.hpp"
#include "base/id.hpp"
#include "base/log.hpp"
#include "codec/json/json.hpp"
#include "engine/networks/records.hpp"
#include "os/port.hpp"

namespace wherry::networks {

namespace {

constexpr std::string_view default_data_root = "/var/lib/wherry";
constexpr std::size_t link_threads = 3;
constexpr std::size_t unlink_threads = 8;

/// Eight hex digits that stand for a folder (FNV-1a).
std::string digest(std::string_view text) {
    std::uint32_t hash = 2166136261U;
    for (const char c : text) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
    }
    return text::hex(Ipv4{hash}.bytes());
}

}  // namespace

Networks::Networks(store::Store& store, NetworksConfig config, const async::Executor& executor)
    : store_(store),
      config_(std::move(config)),
      instance_(digest(store.layout().data_root())),
      firewall_(store.layout().data_root() == default_data_root ? "wherry" : "wherry_" + instance_),
      ports_(os::ephemeral_ports().first, os::ephemeral_ports().second),
      links_("links", link_threads),
      rules_("rules", 1),
      unlinks_("unlinks", unlink_threads),
      group_(executor),
      watch_group_(executor) {}

Networks::~Networks() = default;

Result<std::unique_ptr<Networks>> Networks::open(store::Store& store, NetworksConfig config,
                                                 const async::Executor& executor) {
    std::unique_ptr<Networks> out(new Networks(store, std::move(config), executor));
    CHECK_OK(out->load());
    return out;
}

Task<> Networks::close() {
    watch_group_.cancel();
    co_await watch_group_.join();
    co_await group_.join();
}

Result<> Networks::load() {
    TRY(const auto records, store_.load(record_kind));
    for (const store::Record& record : records) {
        auto decoded = decode_network(record.value);
        if (!decoded) {
            return std::move(decoded).error().in("network " + record.key);
        }
        networks_[record.key].record = *std::move(decoded);
    }
    stored_ = !networks_.empty();
    if (!stored_) {
        for (api::Network& network : default_networks(config_.mtu)) {
            std::string id = network.id;
            networks_[std::move(id)].record = std::move(network);
        }
    }
    for (auto& [id, network] : networks_) {
        network.pool = stored_pool(network.record);
        if (network.record.driver == "bridge") {
            network.bridge.name = bridge_name(network.record);
        }
    }
    return {};
}

Task<Result<>> Networks::store_defaults() {
    if (stored_) {
        co_return Result<>();
    }
    store::Batch batch;
    for (const auto& [id, network] : networks_) {
        batch.put(std::string(record_kind), id, encode_network(network.record));
    }
    CO_CHECK_OK(co_await store_.commit(std::move(batch), store::Durability::synced));
    stored_ = true;
    co_return Result<>();
}

Result<const Networks::Network*> Networks::find(std::string_view name) const {
    const auto exact = networks_.find(name);
    if (exact != networks_.end() && !is_hidden(exact->second)) {
        return &exact->second;
    }
    const Network* by_prefix = nullptr;
    std::size_t matches = 0;
    for (const auto& [id, network] : networks_) {
        if (is_hidden(network)) {
            continue;
        }
        if (network.record.name == name) {
            return &network;
        }
        if (!name.empty() && id.starts_with(name)) {
            by_prefix = &network;
            ++matches;
        }
    }
    if (matches > 1) {
        return fail(ErrorKind::invalid,
                    "network {} is ambiguous ({} matches found based on ID prefix)", name, matches);
    }
    if (by_prefix == nullptr) {
        return fail(ErrorKind::not_found, "network {} not found", name);
    }
    return by_prefix;
}

bool Networks::is_hidden(const Network& network) const {
    return without_bridge() && network.record.name == "bridge";
}

Networks::Network* Networks::by_id(std::string_view id) {
    const auto found = networks_.find(id);
    return found == networks_.end() ? nullptr : &found->second;
}

Networks::Network& Networks::default_bridge() {
    for (auto& [id, network] : networks_) {
        if (network.record.name == "bridge") {
            return network;
        }
    }
    std::unreachable();  // `load` makes it, nothing removes it
}

Result<NetworkName> Networks::resolve(std::string_view name) const {
    const bool by_default = name == "default" || name.empty() || name == "bridge";
    // Without the default bridge, who names no other network has none.
    TRY(const Network* network, find(!by_default        ? name
                                     : without_bridge() ? std::string_view("none")
                                                        : "bridge"));
    return NetworkName{
        .id = network->record.id, .name = network->record.name, .driver = network->record.driver};
}

Result<std::vector<api::Network>> Networks::list(const api::Filters& filters) const {
    CHECK_OK(filters.check_keys({"dangling", "driver", "id", "label", "name", "scope", "type"}));
    for (const std::string& type : filters.values("type")) {
        if (type != "custom" && type != "builtin") {
            return fail(ErrorKind::internal, "invalid filter: 'type'='{}'", type);
        }
    }
    const bool by_use = filters.has("dangling");
    const auto dangling = filters.flag("dangling", false);
    if (!dangling) {
        return Error(ErrorKind::invalid,
                     "invalid value for filter 'dangling', must be \"true\" (or \"1\"), or "
                     "\"false\" (or \"0\")");
    }
    std::vector<api::Network> out;
    for (const auto& [id, network] : networks_) {
        const api::Network& record = network.record;
        const bool builtin = is_predefined(record.name);
        const bool unused = !builtin && std::ranges::none_of(connected_, [&](const auto& entry) {
            return entry.second.state.network_id == id;
        });
        const bool wanted = filters.exact("driver", record.driver) && filters.prefix("id", id) &&
                            filters.labels("label", record.labels) &&
                            filters.pattern("name", record.name) &&
                            filters.exact("scope", record.scope) &&
                            filters.exact("type", builtin ? "builtin" : "custom") &&
                            (!by_use || *dangling == unused) && !is_hidden(network);
        if (wanted) {
            out.push_back(record);
            out.back().containers.set_present();
        }
    }
    return out;
}

Result<api::Network> Networks::inspect(std::string_view name) const {
    TRY(const Network* network, find(name));
    api::Network out = network->record;
    out.containers.set_present();
    for (const auto& [id, connected] : connected_) {
        const EndpointState& state = connected.state;
        if (state.network_id != out.id) {
            continue;
        }
        api::EndpointResource shown;
        shown.name = connected.name;
        shown.endpoint_id = state.endpoint_id;
        shown.mac_address = state.mac_address;
        if (!state.ipv4_address.empty()) {
            shown.ipv4_address = text::format("{}/{}", state.ipv4_address, state.ipv4_prefix);
        }
        out.containers.emplace(id, std::move(shown));
    }
    return out;
}

api::NetworkStatus Networks::status(std::string_view id) const {
    api::NetworkStatus out;
    out.ipam.subnets.set_present();
    const auto found = networks_.find(id);
    if (found != networks_.end() && found->second.pool) {
        const AddressPool& pool = *found->second.pool;
        api::SubnetStatus subnet;
        // The network's, the broadcast and the gateway's address count as used, as in the
        // reference.
        constexpr std::uint64_t fixed = 3;
        subnet.ips_in_use = pool.in_use() + fixed;
        subnet.dynamic_ips_available = pool.capacity() - pool.in_use();
        out.ipam.subnets.emplace(pool.subnet().text(), subnet);
    }
    return out;
}

void Networks::set_container_name(std::string_view container_id, std::string_view name) {
    if (const auto found = connected_.find(container_id); found != connected_.end()) {
        found->second.name = name;
    }
}

}  // namespace wherry::networks
