// Making the machine ready: the default bridge and the table.
#include <algorithm>

#include "base/log.hpp"
#include "engine/networks/catalog.hpp"
#include "engine/networks/records.hpp"
#include "net/async/cancel.hpp"

namespace wherry::networks {

namespace {

constexpr std::string_view reference_bridge = "docker0";
constexpr std::string_view own_bridge = "wherry";
constexpr int own_bridges = 10;

}  // namespace

Task<Result<>> Networks::start() {
    if (without_bridge()) {
        co_return co_await store_defaults();
    }
    CO_CHECK_OK(co_await ready());
    co_return co_await resync();
}

void Networks::start_in_background() {
    group_.spawn(start_and_log());
}

Task<> Networks::start_and_log() {
    const Result<> started = co_await start();
    if (!started && started.error().kind() != ErrorKind::cancelled) {
        log::warn("networks: not ready, the next container tries again: {}",
                  started.error().message());
    }
}

Task<> Networks::settled() {
    if (!prepared_ && (preparing_.locked() || group_.size() != 0)) {
        const auto turn = co_await preparing_.lock();
    }
}

Task<Result<>> Networks::ready() {
    if (prepared_) {
        co_return Result<>();
    }
    CO_TRY(const auto guard, co_await preparing_.lock());
    if (prepared_) {
        co_return Result<>();
    }
    // Once begun it goes to its end, whoever asked for it.
    co_return co_await async::shielded(prepare());
}

Task<Result<>> Networks::prepare() {
    CO_CHECK_OK(co_await store_defaults());
    CO_TRY(auto plan, bridge_plan());
    auto make = [plan = std::move(plan)] { return prepare_bridge(plan); };
    CO_TRY(Bridge bridge, co_await async::blocking(links_, std::move(make)));
    const std::string before = encode_network(default_bridge().record);
    take_bridge(std::move(bridge));
    const api::Network& record = default_bridge().record;
    std::string after = encode_network(record);
    if (after != before) {
        store::Batch batch;
        batch.put(std::string(record_kind), record.id, std::move(after));
        CO_CHECK_OK(co_await store_.commit(std::move(batch), store::Durability::synced));
    }
    // Watched first: what is removed from the table from now on is seen.
    co_await begin_watch();
    CO_TRY(const auto turn, co_await loading_.lock());
    CO_TRY(const bool was_there, co_await load_table(false));
    prepared_ = true;
    const bool published = std::ranges::any_of(
        connected_, [](const auto& entry) { return !entry.second.state.ipv4_address.empty(); });
    if (!was_there && published) {
        co_await report_restored("missing");
    }
    co_return Result<>();
}

Result<BridgePlan> Networks::bridge_plan() {
    const Network& network = default_bridge();
    BridgePlan plan;
    plan.alias = "wherry:" + instance_;
    plan.mtu = config_.mtu;
    if (!config_.bridge.empty()) {
        plan.names = {config_.bridge};
        plan.adopt = true;
    } else {
        // A name of ours from before; not one that the user gave then.
        if (network.bridge.name.starts_with(own_bridge)) {
            plan.names.push_back(network.bridge.name);
        }
        plan.names.emplace_back(reference_bridge);
        for (int i = 0; i < own_bridges; ++i) {
            plan.names.push_back(text::format("{}{}", own_bridge, i));
        }
    }
    if (!config_.bridge_address.empty()) {
        TRY(const Subnet subnet, Subnet::parse(config_.bridge_address));
        TRY(const Ipv4 gateway, Ipv4::parse(std::string_view(config_.bridge_address)
                                                .substr(0, config_.bridge_address.find('/'))));
        plan.subnets = {subnet};
        plan.gateway = gateway;
        return plan;
    }
    if (network.pool) {
        plan.subnets.push_back(network.pool->subnet());
    }
    for (const Subnet& subnet : default_bridge_subnets()) {
        plan.subnets.push_back(subnet);
    }
    return plan;
}

void Networks::take_bridge(Bridge bridge) {
    Network& network = default_bridge();
    if (bridge.name != reference_bridge && config_.bridge.empty()) {
        log::info("bridge={} the name {} belongs to another program", bridge.name,
                  reference_bridge);
    }
    if (!network.pool || network.pool->subnet() != bridge.subnet ||
        network.pool->gateway() != bridge.gateway) {
        network.pool.emplace(bridge.subnet, bridge.gateway);
    }
    api::IPAMConfig ipam;
    if (const auto range = Subnet::parse(config_.address_range); range) {
        network.pool->restrict_to(*range);
        ipam.ip_range = range->text();
    }
    ipam.subnet = bridge.subnet.text();
    ipam.gateway = bridge.gateway.text();
    network.record.ipam.config = api::List<api::IPAMConfig>({std::move(ipam)});
    network.record.options[std::string(bridge_name_option)] = bridge.name;
    network.record.options["com.docker.network.bridge.enable_icc"] =
        config_.inter_container ? "true" : "false";
    network.record.options["com.docker.network.bridge.host_binding_ipv4"] =
        config_.host_ip.empty() ? "0.0.0.0" : config_.host_ip;
    network.record.options["com.docker.network.driver.mtu"] = std::to_string(config_.mtu);
    for (auto& [id, connected] : connected_) {
        if (connected.state.network_id == network.record.id) {
            connected.bridge = bridge.name;
        }
    }
    network.bridge = std::move(bridge);
}

Elements Networks::all_elements() {
    Elements out;
    for (const auto& [id, network] : networks_) {
        if (network.bridge.index != 0) {
            const Elements more = network_elements({.bridge = network.bridge.name,
                                                    .subnet = network.bridge.subnet,
                                                    .inter_container = config_.inter_container});
            out.insert(out.end(), more.begin(), more.end());
        }
    }
    for (const auto& [id, connected] : connected_) {
        const Elements more = endpoint_elements(connected.bridge, connected.state);
        out.insert(out.end(), more.begin(), more.end());
    }
    return out;
}

}  // namespace wherry::networks
