#include "engine/networks/records.hpp"

#include "base/clock.hpp"
#include "base/id.hpp"
#include "codec/json/json.hpp"

namespace wherry::networks {

namespace {

constexpr std::int64_t schema = 1;

struct Stored {
    std::int64_t version = schema;
    api::Network network;
};

template <class Io>
static void fields(Io& io, Stored& s) {
    io.field("Schema", s.version, json::Empty::write);
    io.field("Network", s.network, json::Empty::write);
}

api::Network plain(std::string name, std::string driver) {
    api::Network out;
    out.name = std::move(name);
    out.id = new_id();
    out.created = rfc3339_nano(now());
    out.scope = "local";
    out.driver = std::move(driver);
    out.enable_ipv4 = true;
    out.ipam.driver = "default";
    out.options.set_present();
    out.labels.set_present();
    return out;
}

}  // namespace

std::string encode_network(const api::Network& network) {
    return json::encode(Stored{.network = network});
}

Result<api::Network> decode_network(std::string_view json) {
    TRY(Stored stored, json::decode<Stored>(json));
    if (stored.version > schema) {
        return fail(ErrorKind::unsupported, "written by a newer version (schema {})",
                    stored.version);
    }
    return std::move(stored.network);
}

std::vector<api::Network> default_networks(unsigned mtu) {
    std::vector<api::Network> out;
    out.push_back(plain("none", "null"));
    out.push_back(plain("host", "host"));
    api::Network bridge = plain("bridge", "bridge");
    bridge.options = {{"com.docker.network.bridge.default_bridge", "true"},
                      {"com.docker.network.bridge.enable_icc", "true"},
                      {"com.docker.network.bridge.enable_ip_masquerade", "true"},
                      {"com.docker.network.bridge.host_binding_ipv4", "0.0.0.0"},
                      {"com.docker.network.driver.mtu", text::format("{}", mtu)}};
    out.push_back(std::move(bridge));
    return out;
}

bool is_predefined(std::string_view name) noexcept {
    return name == "bridge" || name == "host" || name == "none" || name == "default";
}

std::optional<AddressPool> stored_pool(const api::Network& network) {
    if (network.ipam.config.empty()) {
        return std::nullopt;
    }
    const auto subnet = Subnet::parse(network.ipam.config.front().subnet);
    const auto gateway = Ipv4::parse(network.ipam.config.front().gateway);
    if (!subnet || !gateway) {
        return std::nullopt;
    }
    return AddressPool(*subnet, *gateway);
}

std::string bridge_name(const api::Network& network) {
    const auto found = network.options.find(bridge_name_option);
    return found == network.options.end() ? "" : found->second;
}

}  // namespace wherry::networks
