#include <net/if.h>

#include <algorithm>
#include <chrono>

#include "os/file.hpp"
#include "os/netlink/link.hpp"
#include "os/netlink/route.hpp"
#include "os/program.hpp"
#include "os/tree.hpp"
#include "system/engine/networks/fixture.hpp"

namespace wherry::networks {

namespace {

using Clock = std::chrono::steady_clock;

PortRequest port(std::uint16_t container, std::uint16_t host, std::string ip = "",
                 Protocol protocol = Protocol::tcp) {
    return {.protocol = protocol,
            .container_port = container,
            .host_ip = std::move(ip),
            .host_port_first = host,
            .host_port_last = host};
}

std::size_t links() {
    // Not /sys: that shows the namespace which it was mounted in.
    struct if_nameindex* all = ::if_nameindex();
    std::size_t count = 0;
    while (all != nullptr && all[count].if_index != 0) {
        ++count;
    }
    ::if_freenameindex(all);
    return count;
}

/// Another machine: a namespace joined to the engine's by a veth pair, 10.9.0.1 here and 10.9.0.2
/// there, with a route to `route` through us.
os::UniqueFd join_neighbour() {
    auto outside = os::RouteSocket::open();
    if (!outside || !os::add_bridge(*outside, {.name = "lan"})) {
        return {};
    }
    const auto lan = os::find_link(*outside, "lan");
    (void)os::add_address(*outside, (*lan)->index, "10.9.0.1/24");
    (void)os::set_link_up(*outside, (*lan)->index);
    auto netns = os::make_netns([&](int fd) -> Result<> {
        CHECK_OK(os::add_veth(*outside, {.host_name = "lan-port",
                                         .bridge_index = (*lan)->index,
                                         .guest_netns = fd,
                                         .guest_name = "eth0"}));
        TRY(auto inside, os::RouteSocket::open());
        TRY(const auto link, os::find_link(inside, "eth0"));
        CHECK_OK(os::add_address(inside, link->index, "10.9.0.2/24"));
        CHECK_OK(os::set_link_up(inside, link->index));
        return os::add_default_route(inside, link->index, "10.9.0.1");
    });
    return netns ? *std::move(netns) : os::UniqueFd();
}

TEST_F(NetworksTest, containers_reach_each_other_and_keep_their_addresses) {
    const auto a = connect(request("a"));
    ASSERT_TRUE(a) << a.error().message();
    const auto b = connect(request("b"));
    ASSERT_TRUE(b) << b.error().message();
    EXPECT_EQ(a->state.ipv4_address, "172.17.0.2");
    EXPECT_EQ(b->state.ipv4_address, "172.17.0.3");
    EXPECT_EQ(a->state.gateway, "172.17.0.1");
    EXPECT_NE(a->hosts.find("172.17.0.2\ta\n"), std::string::npos);
    const auto server = serve(*b, 80, SOCK_STREAM);
    EXPECT_TRUE(dial(a->netns.get(), "172.17.0.3", 80));
    EXPECT_EQ(test::accepted_peer(server.get()), "172.17.0.2");
    EXPECT_TRUE(test::connected_socket("172.17.0.3", 80, SOCK_STREAM)) << "from the host";
    EXPECT_EQ(test::accepted_peer(server.get()), "172.17.0.1");
    EXPECT_TRUE(disconnect("a"));
    EXPECT_TRUE(disconnect("b"));
    EXPECT_TRUE(disconnect("b"));
}

TEST_F(NetworksTest, a_published_port_answers_from_everywhere) {
    const os::UniqueFd neighbour = join_neighbour();
    ASSERT_TRUE(neighbour);
    const auto web = connect(request("web", {port(80, 8080)}));
    ASSERT_TRUE(web) << web.error().message();
    const auto other = connect(request("other"));
    ASSERT_TRUE(other);
    const auto server = serve(*web, 80, SOCK_STREAM);

    EXPECT_TRUE(dial(neighbour.get(), "10.9.0.1", 8080)) << table();
    EXPECT_EQ(test::accepted_peer(server.get()), "10.9.0.2") << "the source is kept";
    EXPECT_TRUE(dial(neighbour.get(), "172.17.0.2", 80)) << "a published port, directly";
    EXPECT_EQ(test::accepted_peer(server.get()), "10.9.0.2");
    EXPECT_TRUE(test::connected_socket("127.0.0.1", 8080, SOCK_STREAM));
    EXPECT_EQ(test::accepted_peer(server.get()), "172.17.0.1");
    EXPECT_TRUE(test::connected_socket("10.9.0.1", 8080, SOCK_STREAM));
    EXPECT_EQ(test::accepted_peer(server.get()), "10.9.0.1");
    EXPECT_TRUE(dial(other->netns.get(), "172.17.0.1", 8080)) << "a neighbour on the bridge";
    EXPECT_EQ(test::accepted_peer(server.get()), "172.17.0.1");
    EXPECT_TRUE(dial(web->netns.get(), "172.17.0.1", 8080)) << "itself (hairpin)";
    EXPECT_EQ(test::accepted_peer(server.get()), "172.17.0.1");

    ASSERT_EQ(web->state.ports.size(), 2U);
    EXPECT_EQ(web->state.ports[0].host_ip, "0.0.0.0");
    EXPECT_EQ(web->state.ports[1].host_ip, "::");
    ASSERT_EQ(web->relays.size(), 1U);
    EXPECT_EQ(web->relays[0].target_address, "172.17.0.2");
    EXPECT_TRUE(test::connected_socket("::1", 8080, SOCK_STREAM)) << "the relay's listener";
    EXPECT_TRUE(disconnect("web"));
    EXPECT_FALSE(dial(neighbour.get(), "10.9.0.1", 8080));
    EXPECT_TRUE(disconnect("other"));
}

TEST_F(NetworksTest, what_was_not_published_is_not_reached_from_outside) {
    const os::UniqueFd neighbour = join_neighbour();
    ASSERT_TRUE(neighbour);
    const auto web = connect(request("web", {port(80, 8080, "127.0.0.1")}));
    ASSERT_TRUE(web) << web.error().message();
    const auto server = serve(*web, 80, SOCK_STREAM);
    const auto hidden = serve(*web, 81, SOCK_STREAM);
    EXPECT_TRUE(test::connected_socket("127.0.0.1", 8080, SOCK_STREAM));
    EXPECT_EQ(test::accepted_peer(server.get()), "172.17.0.1");
    EXPECT_FALSE(dial(neighbour.get(), "10.9.0.1", 8080)) << "published on loopback alone";
    EXPECT_FALSE(dial(neighbour.get(), "172.17.0.2", 81)) << "not published";
    EXPECT_TRUE(disconnect("web"));
}

TEST_F(NetworksTest, a_container_leaves_the_host_with_the_hosts_address) {
    const os::UniqueFd neighbour = join_neighbour();
    ASSERT_TRUE(neighbour);
    const auto box = connect(request("box"));
    ASSERT_TRUE(box) << box.error().message();
    os::UniqueFd server;
    (void)os::in_netns(neighbour.get(), [&]() -> Result<> {
        server = test::bound_socket("10.9.0.2", 80, SOCK_STREAM);
        return {};
    });
    EXPECT_TRUE(dial(box->netns.get(), "10.9.0.2", 80)) << table();
    EXPECT_EQ(test::accepted_peer(server.get()), "10.9.0.1");
    EXPECT_TRUE(disconnect("box"));
}

TEST_F(NetworksTest, udp_is_published_too) {
    auto dns = connect(request("dns", {port(53, 5353, "127.0.0.1", Protocol::udp)}));
    ASSERT_TRUE(dns) << dns.error().message();
    const auto server = serve(*dns, 53, SOCK_DGRAM);
    const auto client = test::connected_socket("127.0.0.1", 5353, SOCK_DGRAM);
    ASSERT_EQ(::send(client.get(), "ask", 3, 0), 3);
    char buffer[16] = {};
    test::SocketName peer;
    peer.length = sizeof peer.storage;
    ASSERT_EQ(::recvfrom(server.get(), buffer, sizeof buffer, 0, peer.get(), &peer.length), 3);
    ASSERT_EQ(::sendto(server.get(), "tell", 4, 0, peer.get(), peer.length), 4);
    EXPECT_EQ(::recv(client.get(), buffer, sizeof buffer, 0), 4);
    EXPECT_TRUE(disconnect("dns"));

    // The same client goes on with the container that comes after, at another address: the first
    // one's, which is free once its interface has gone, is taken.
    auto keeper = connect(request("keeper"));
    for (int i = 0; keeper && keeper->state.ipv4_address != dns->state.ipv4_address && i < 500;
         ++i) {
        ASSERT_TRUE(disconnect("keeper"));
        keeper = connect(request("keeper"));
    }
    ASSERT_TRUE(keeper) << keeper.error().message();
    const auto next = connect(request("next", {port(53, 5354, "127.0.0.1", Protocol::udp),
                                               port(53, 5353, "127.0.0.1", Protocol::udp)}));
    ASSERT_FALSE(next) << "the first one's sockets are still held";
    dns->reserved.clear();
    const auto after = connect(request("after", {port(53, 5353, "127.0.0.1", Protocol::udp)}));
    ASSERT_TRUE(after) << after.error().message();
    ASSERT_NE(after->state.ipv4_address, dns->state.ipv4_address);
    const auto second = serve(*after, 53, SOCK_DGRAM);
    ASSERT_EQ(::send(client.get(), "again", 5, 0), 5);
    EXPECT_EQ(::recv(second.get(), buffer, sizeof buffer, 0), 5);
    EXPECT_TRUE(disconnect("after"));
    EXPECT_TRUE(disconnect("keeper"));
}

TEST_F(NetworksTest, udp_at_v6_addresses_is_for_the_relay) {
    auto dns = connect(request("dns", {port(53, 5353, "", Protocol::udp)}));
    ASSERT_TRUE(dns) << dns.error().message();
    ASSERT_EQ(dns->state.ports.size(), 2U);
    EXPECT_EQ(dns->state.ports[1].host_ip, "::");
    ASSERT_EQ(dns->relays.size(), 1U);
    EXPECT_EQ(dns->relays[0].protocol, Protocol::udp);
    EXPECT_EQ(dns->relays[0].target_port, 53);
    const auto server = serve(*dns, 53, SOCK_DGRAM);
    char buffer[16] = {};
    const auto v6 = test::connected_socket("::1", 5353, SOCK_DGRAM);
    const auto v4 = test::connected_socket("127.0.0.1", 5353, SOCK_DGRAM);
    ASSERT_EQ(::send(v6.get(), "six", 3, 0), 3);
    ASSERT_EQ(::send(v4.get(), "four", 4, 0), 4);
    EXPECT_EQ(::recv(dns->relays[0].listener.get(), buffer, sizeof buffer, 0), 3);
    EXPECT_EQ(::recv(server.get(), buffer, sizeof buffer, 0), 4);
    EXPECT_EQ(::recv(dns->relays[0].listener.get(), buffer, sizeof buffer, MSG_DONTWAIT), -1)
        << "v4 has its own way";
    EXPECT_TRUE(disconnect("dns"));
}

TEST_F(NetworksTest, conflicts_read_as_the_references) {
    const auto first = connect(request("first", {port(80, 8080)}));
    ASSERT_TRUE(first) << first.error().message();
    const auto second = connect(request("second", {port(80, 8080)}));
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().status(), 500);
    EXPECT_TRUE(second.error().message().starts_with(
        "driver failed programming external connectivity on endpoint name-second ("));
    EXPECT_TRUE(second.error().message().ends_with(
        "): Bind for 0.0.0.0:8080 failed: port is already allocated"))
        << second.error().message();

    const os::UniqueFd foreign = test::bound_socket("127.0.0.1", 8081, SOCK_STREAM);
    ASSERT_TRUE(foreign);
    const auto third = connect(request("third", {port(80, 8081)}));
    ASSERT_FALSE(third);
    EXPECT_TRUE(third.error().message().ends_with(
        "): failed to bind host port for 0.0.0.0:8081:172.17.0.3:80/tcp: address already in use"))
        << third.error().message();
    const auto nowhere = connect(request("nowhere", {port(80, 80, "fe00::9")}));
    ASSERT_FALSE(nowhere);
    EXPECT_TRUE(
        nowhere.error().message().ends_with("failed to bind host port for "
                                            "[fe00::9]:80:172.17.0.3:80/tcp: cannot "
                                            "assign requested address"))
        << nowhere.error().message();

    EXPECT_FALSE(test::bound_socket("0.0.0.0", 8080, SOCK_STREAM)) << "the port is held";
    EXPECT_FALSE(test::bound_socket("127.0.0.1", 8080, SOCK_STREAM));
    const auto range = connect(request(
        "range", {{.container_port = 80, .host_port_first = 8080, .host_port_last = 8082}}));
    ASSERT_TRUE(range) << range.error().message();
    EXPECT_EQ(range->state.ports[0].host_port, 8082);
    const auto ephemeral = connect(request("ephemeral", {{.container_port = 80}}));
    ASSERT_TRUE(ephemeral) << ephemeral.error().message();
    EXPECT_GE(ephemeral->state.ports[0].host_port, 32768);
    EXPECT_EQ(ephemeral->state.ports[0].host_port, ephemeral->state.ports[1].host_port);
    for (const char* id : {"first", "range", "ephemeral"}) {
        EXPECT_TRUE(disconnect(id));
    }
}

TEST_F(NetworksTest, none_has_loopback_alone_and_host_no_namespace) {
    EndpointRequest none = request("none");
    none.network = "none";
    const auto alone = connect(none);
    ASSERT_TRUE(alone) << alone.error().message();
    ASSERT_TRUE(alone->netns);
    EXPECT_EQ(alone->hosts.find("172."), std::string::npos);
    const std::vector<std::string> interfaces;
    os::UniqueFd server;
    (void)os::in_netns(alone->netns.get(), [&]() -> Result<> {
        server = test::bound_socket("127.0.0.1", 80, SOCK_STREAM);
        return {};
    });
    EXPECT_TRUE(dial(alone->netns.get(), "127.0.0.1", 80));
    EndpointRequest host = request("host");
    host.network = "host";
    const auto shared = connect(host);
    ASSERT_TRUE(shared) << shared.error().message();
    EXPECT_FALSE(shared->netns);
    EXPECT_EQ(shared->hosts, os::read_file("/etc/hosts").value());
    EXPECT_EQ(networks_->inspect("host")->containers.size(), 1U);
    EXPECT_EQ(links(), 1U) << "neither needed the bridge";
    EXPECT_TRUE(disconnect("none"));
    EXPECT_TRUE(disconnect("host"));
    EXPECT_EQ(connect([&] {
                  auto lost = request("lost");
                  lost.network = "nope";
                  return lost;
              }())
                  .error()
                  .message(),
              "network nope not found");
}

TEST_F(NetworksTest, two_hundred_rounds_leak_nothing) {
    ASSERT_TRUE(async::run(loop_, networks_->start()));
    const std::size_t links_before = links();
    const std::string table_before = table();
    const std::size_t fds_before = os::list_dir("/proc/self/fd").value_or({}).size();
    std::vector<Clock::duration> connecting;
    std::vector<Clock::duration> disconnecting;
    for (int i = 0; i < 200; ++i) {
        const std::string id = text::format("c{}", i);
        const auto start = Clock::now();
        auto endpoint = connect(request(id, {port(80, 8080), {.container_port = 81}}));
        connecting.push_back(Clock::now() - start);
        ASSERT_TRUE(endpoint) << endpoint.error().message();
        endpoint->netns.reset();
        const auto closed = Clock::now();
        ASSERT_TRUE(disconnect(id));
        disconnecting.push_back(Clock::now() - closed);
    }
    const auto median = [](std::vector<Clock::duration> times) {
        std::ranges::sort(times);
        return std::chrono::duration_cast<std::chrono::microseconds>(times[times.size() / 2])
            .count();
    };
    std::printf("medians: connect %ld us, disconnect %ld us\n",
                static_cast<long>(median(connecting)), static_cast<long>(median(disconnecting)));
    async::run(loop_, networks_->close());
    EXPECT_EQ(links(), links_before);
    EXPECT_EQ(table(), table_before);
    EXPECT_EQ(os::list_dir("/proc/self/fd").value_or({}).size(), fds_before);
}

TEST_F(NetworksTest, a_new_daemon_takes_over_and_puts_back_what_is_missing) {
    const auto web = connect(request("web", {port(80, 8080)}));
    ASSERT_TRUE(web) << web.error().message();
    const auto server = serve(*web, 80, SOCK_STREAM);
    const auto before = networks_->inspect("bridge");
    ASSERT_TRUE(os::run_program({"nft", "delete", "table", "inet", networks_->table()}, "",
                                std::chrono::seconds(5)));
    open();
    ASSERT_TRUE(networks_->restore("web", web->state));
    networks_->set_container_name("web", "web");
    ASSERT_TRUE(async::run(loop_, networks_->start()));
    EXPECT_TRUE(test::connected_socket("127.0.0.1", 8080, SOCK_STREAM)) << table();
    const auto after = networks_->inspect("bridge");
    EXPECT_EQ(after->id, before->id);
    ASSERT_EQ(after->containers.size(), 1U);
    EXPECT_EQ(after->containers.at("web").ipv4_address, "172.17.0.2/16");
    const auto next = connect(request("next", {port(80, 8080)}));
    ASSERT_FALSE(next);
    const auto other = connect(request("other"));
    ASSERT_TRUE(other);
    EXPECT_EQ(other->state.ipv4_address, "172.17.0.3");
    EXPECT_TRUE(disconnect("web"));
    EXPECT_TRUE(disconnect("other"));
}

TEST_F(NetworksTest, a_container_that_is_found_late_is_published_again) {
    const auto web = connect(request("web", {port(80, 8080)}));
    ASSERT_TRUE(web) << web.error().message();
    const auto server = serve(*web, 80, SOCK_STREAM);
    open();
    ASSERT_TRUE(async::run(loop_, networks_->start()));
    ASSERT_TRUE(networks_->restore("web", web->state));
    async::run(loop_, networks_->close());
    EXPECT_TRUE(test::connected_socket("127.0.0.1", 8080, SOCK_STREAM)) << table();
    EXPECT_TRUE(disconnect("web"));
}

TEST_F(NetworksTest, what_a_dead_container_left_in_the_table_goes_with_the_start) {
    const auto web = connect(request("web", {port(80, 8080)}));
    ASSERT_TRUE(web) << web.error().message();
    open();
    ASSERT_TRUE(async::run(loop_, networks_->start()));
    EXPECT_EQ(table().find("8080"), std::string::npos) << table();
}

TEST_F(NetworksTest, a_foreign_bridge_and_subnet_are_left_alone) {
    auto socket = os::RouteSocket::open();
    ASSERT_TRUE(socket && os::add_bridge(*socket, {.name = "docker0"}));
    const auto foreign = os::find_link(*socket, "docker0");
    ASSERT_TRUE(os::add_address(*socket, (*foreign)->index, "172.17.0.1/16"));
    ASSERT_TRUE(os::set_link_up(*socket, (*foreign)->index));
    const auto box = connect(request("box"));
    ASSERT_TRUE(box) << box.error().message();
    EXPECT_EQ(box->state.ipv4_address, "172.18.0.2");
    const auto shown = networks_->inspect("bridge");
    EXPECT_EQ(shown->options.at("com.docker.network.bridge.name"), "wherry0");
    EXPECT_EQ(shown->ipam.config.front().subnet, "172.18.0.0/16");
    EXPECT_TRUE(disconnect("box"));
}

TEST_F(NetworksTest, a_given_bridge_address_is_used) {
    config_.bridge_address = "10.77.0.5/24";
    open();
    const auto box = connect(request("box"));
    ASSERT_TRUE(box) << box.error().message();
    EXPECT_EQ(box->state.ipv4_address, "10.77.0.1");
    EXPECT_EQ(box->state.gateway, "10.77.0.5");
    EXPECT_TRUE(disconnect("box"));
}

}  // namespace

}  // namespace wherry::networks
