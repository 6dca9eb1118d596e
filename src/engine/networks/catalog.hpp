// The networks of an engine and who is connected to them. Loop thread only; what blocks (netlink,
// nft) runs in two pools.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/filters.hpp"
#include "api/generated/network.hpp"
#include "engine/networks/address_pool.hpp"
#include "engine/networks/firewall.hpp"
#include "engine/networks/kernel.hpp"
#include "engine/networks/networks.hpp"
#include "engine/networks/ports.hpp"
#include "engine/store/store.hpp"
#include "net/async/event.hpp"
#include "net/async/mutex.hpp"
#include "net/async/pool.hpp"
#include "net/async/task_group.hpp"
#include "os/netlink/nft_watch.hpp"

namespace wherry::networks {

struct NetworksConfig {
    /// The default bridge; "": docker0, or wherry0 where that is taken; "none": there is none.
    std::string bridge;
    std::string bridge_address;  ///< its address with prefix; "": 172.17.0.1/16, or what is free
    std::string address_range;   ///< containers of the default bridge get theirs from here; "": all
    std::string host_ip;  ///< where ports are published that name no address; "": v4 and v6, all
    bool inter_container = true;  ///< containers of the default bridge reach each other
    unsigned mtu = 1500;
    std::vector<std::string> dns;  ///< for containers that name none
    std::vector<std::string> dns_search;
    std::vector<std::string> dns_options;
};

class Networks final : public EndpointProvider {
  public:
    /// Reads what is stored. Nothing is done to the machine before `start` or the first `connect`.
    [[nodiscard]] static Result<std::unique_ptr<Networks>> open(store::Store& store,
                                                                NetworksConfig config,
                                                                const async::Executor& executor);
    ~Networks() override;

    /// After the running containers were restored: stores the default networks, makes the bridge,
    /// loads the table with exactly the elements of what is connected. A failure is not the end:
    /// the next `connect` tries again.
    [[nodiscard]] Task<Result<>> start();
    /// `start` as a task of its own; a failure is logged.
    void start_in_background();
    /// Waits while the bridge is being made, so that a listing tells its addresses.
    [[nodiscard]] Task<> settled();
    /// Puts the whole table back as it must be, as after a foreign flush. While the engine runs
    /// that happens by itself, within a second.
    [[nodiscard]] Task<Result<>> resync();

    /// Waits for what is still being removed. Endpoints stay as they are.
    [[nodiscard]] Task<> close();
    /// After `close`: takes the bridges and the table that this engine made away again, unless
    /// something is connected. The kernel's switches (forwarding) stay.
    [[nodiscard]] Task<Result<>> withdraw();
    [[nodiscard]] bool in_use() const noexcept { return !connected_.empty(); }

    [[nodiscard]] Result<NetworkName> resolve(std::string_view name) const override;
    [[nodiscard]] Task<Result<Endpoint>> connect(EndpointRequest request) override;
    [[nodiscard]] Task<Result<>> disconnect(std::string container_id) override;
    [[nodiscard]] Result<> restore(std::string container_id, EndpointState state) override;
    void set_container_name(std::string_view container_id, std::string_view name) override;

    /// Rules of others that keep traffic from published ports, a sentence each.
    [[nodiscard]] std::vector<std::string> warnings() const override { return warnings_; }

    /// Without `containers`: those are empty, as in a listing.
    [[nodiscard]] Result<std::vector<api::Network>> list(const api::Filters& filters) const;
    /// By name, id or unique prefix, with its containers.
    [[nodiscard]] Result<api::Network> inspect(std::string_view name) const;
    /// How much of its subnets is in use (API 1.52).
    [[nodiscard]] api::NetworkStatus status(std::string_view id) const;
    [[nodiscard]] std::size_t size() const noexcept { return networks_.size(); }

    /// The nftables table; it has a suffix unless the data root is the default one, so that engines
    /// which share a network namespace do not take each other's.
    [[nodiscard]] const std::string& table() const noexcept { return firewall_.table(); }

  private:
    struct Network {
        api::Network record;
        std::optional<AddressPool> pool;  ///< of a bridge network
        Bridge bridge;                    ///< index 0 until it is made
    };
    struct Connected {
        std::string name;  ///< the container's
        std::string bridge;
        EndpointState state;
    };

    Networks(store::Store& store, NetworksConfig config, const async::Executor& executor);
    [[nodiscard]] Result<> load();
    [[nodiscard]] Result<const Network*> find(std::string_view name) const;
    [[nodiscard]] bool is_hidden(const Network& network) const;
    [[nodiscard]] Network* by_id(std::string_view id);
    [[nodiscard]] Network& default_bridge();
    [[nodiscard]] Task<Result<>> store_defaults();
    /// Bridge and table are there; the first caller makes them.
    [[nodiscard]] Task<Result<>> ready();
    [[nodiscard]] Task<Result<>> prepare();
    [[nodiscard]] Task<> start_and_log();
    [[nodiscard]] Task<> put_back(std::string container_id);
    [[nodiscard]] bool without_bridge() const noexcept { return config_.bridge == "none"; }
    [[nodiscard]] Result<BridgePlan> bridge_plan();
    void take_bridge(Bridge bridge);
    /// Makes the table hold what it must (`exact`: and nothing else); true if it was there before.
    /// The caller holds `loading_`.
    [[nodiscard]] Task<Result<bool>> load_table(bool exact);
    [[nodiscard]] Task<> begin_watch();
    [[nodiscard]] Task<> watch_ruleset();
    [[nodiscard]] Task<> put_table_back(bool damaged);
    [[nodiscard]] Task<> report_restored(std::string reason);
    [[nodiscard]] Task<> watch_others();
    [[nodiscard]] Task<> look_at_others();
    [[nodiscard]] Elements all_elements();

    [[nodiscard]] Result<Endpoint> claim(const EndpointRequest& request, Network& network);
    [[nodiscard]] Task<Result<>> link(Endpoint& endpoint, const std::string& container_id);
    [[nodiscard]] Task<Result<>> give_back(std::string container_id);
    [[nodiscard]] Task<> unlink(EndpointState state);
    void release_address(const EndpointState& state);
    [[nodiscard]] Result<> write_files(const EndpointRequest& request, std::string_view driver,
                                       Endpoint& endpoint) const;
    [[nodiscard]] std::string gateway_of_host() const;

    store::Store& store_;
    NetworksConfig config_;
    std::string instance_;  ///< names this engine in aliases: derived from its data root
    Firewall firewall_;     ///< used by jobs of `rules_` alone
    std::map<std::string, Network, std::less<>> networks_;     ///< by id
    std::map<std::string, Connected, std::less<>> connected_;  ///< by container id
    PortRegistry ports_;
    async::Mutex preparing_;
    async::Mutex loading_;  ///< while `nft` works for us, its changes cannot be told from others'
    std::vector<std::uint32_t> loaders_;  ///< the programs that did so since the last look
    std::optional<os::NftWatch> watch_;
    async::Event others_changed_;
    std::vector<std::string> warnings_;
    bool stored_ = false;
    bool prepared_ = false;
    async::Pool links_;    ///< namespaces and interfaces
    async::Pool rules_;    ///< one thread: changes of the table keep their order
    async::Pool unlinks_;  ///< the kernel takes its time to remove an interface, and mostly waits
    async::TaskGroup group_;
    async::TaskGroup watch_group_;  ///< runs as long as the engine
};

}  // namespace wherry::networks
