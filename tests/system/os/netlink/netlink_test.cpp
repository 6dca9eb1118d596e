#include <gtest/gtest.h>
#include <net/if.h>

#include "os/netlink/link.hpp"
#include "os/netlink/nftables.hpp"
#include "os/netlink/route.hpp"
#include "os/netns.hpp"
#include "os/program.hpp"
#include "support/own_netns.hpp"
#include "support/plain_socket.hpp"

using namespace wherry;

namespace {

using namespace std::chrono_literals;

TEST(Netlink, veth_between_namespaces_with_addresses_and_routes) {
    NEEDS_OWN_NETNS(netns);
    auto socket = os::RouteSocket::open();
    ASSERT_TRUE(socket) << socket.error().message();
    const os::NewBridge bridge_plan{.name = "br0", .mac = "02:00:00:00:00:01", .alias = "mine"};
    ASSERT_TRUE(os::add_bridge(*socket, bridge_plan));
    EXPECT_EQ(os::add_bridge(*socket, bridge_plan).error().os_error(), EEXIST);
    const auto bridge = os::find_link(*socket, "br0");
    ASSERT_TRUE(bridge && bridge->has_value());
    EXPECT_EQ((*bridge)->kind, "bridge");
    EXPECT_EQ((*bridge)->alias, "mine");
    ASSERT_TRUE(os::add_address(*socket, (*bridge)->index, "172.17.0.1/16"));
    ASSERT_TRUE(os::add_address(*socket, (*bridge)->index, "172.17.0.1/16"));
    ASSERT_TRUE(os::set_link_up(*socket, "br0"));

    const auto guest = os::make_netns([&](int guest_fd) -> Result<> {
        const os::VethPair pair{.host_name = "veth1",
                                .bridge_index = (*bridge)->index,
                                .guest_netns = guest_fd,
                                .guest_name = "eth0",
                                .guest_mac = "02:42:ac:11:00:02"};
        CHECK_OK(os::add_veth(*socket, pair));
        TRY(auto inside, os::RouteSocket::open());
        TRY(const auto link, os::find_link(inside, "eth0"));
        CHECK_OK(os::add_address(inside, link->index, "172.17.0.2/16"));
        CHECK_OK(os::set_link_up(inside, link->index));
        return os::add_default_route(inside, link->index, "172.17.0.1");
    });
    ASSERT_TRUE(guest) << guest.error().message();
    const auto routes = os::list_routes(*socket);
    ASSERT_TRUE(routes);
    ASSERT_EQ(routes->size(), 1U);
    EXPECT_EQ(routes->front().destination, "172.17.0.0/16");
    os::UniqueFd server;
    ASSERT_TRUE(os::in_netns(guest->get(), [&]() -> Result<> {
        server = test::bound_socket("172.17.0.2", 80, SOCK_STREAM);
        return {};
    }));
    ASSERT_TRUE(server);
    EXPECT_TRUE(test::connected_socket("172.17.0.2", 80, SOCK_STREAM));
    EXPECT_EQ(test::accepted_peer(server.get()), "172.17.0.1");
    const auto hairpin = os::run_program({"bridge", "-d", "link"}, "", 5s);
    ASSERT_TRUE(hairpin);
    EXPECT_NE(hairpin->output.find("hairpin on"), std::string::npos) << hairpin->output;
    EXPECT_TRUE(os::delete_link(*socket, "veth1"));
    EXPECT_TRUE(os::delete_link(*socket, "veth1"));
    EXPECT_EQ(::if_nametoindex("veth1"), 0U);
}

TEST(Netlink, elements_are_changed_in_transactions) {
    NEEDS_OWN_NETNS(netns);
    const auto loaded = os::run_program({"nft", "-f", "-"},
                                        "table inet t {\n"
                                        " map m { type inet_proto . inet_service : ipv4_addr . "
                                        "inet_service; }\n"
                                        " set s { type ipv4_addr; flags interval; }\n}\n",
                                        5s);
    ASSERT_TRUE(loaded);
    ASSERT_EQ(loaded->exit_code, 0) << loaded->output;
    auto socket = os::NftSocket::open();
    ASSERT_TRUE(socket);
    using namespace std::string_literals;
    const os::NftElement web{
        .set = "m", .key = "\x06\0\0\0\x1f\x90\0\0"s, .data = "\xac\x11\0\x02\0\x50\0\0"s};
    os::NftElement other = web;
    other.data = "\xac\x11\0\x03\0\x50\0\0"s;
    const std::vector<os::NftChange> interval = {
        {.element = {.set = "s", .key = "\xac\x11\0\0"s}},
        {.element = {.set = "s", .key = "\xac\x12\0\0"s, .interval_end = true}}};
    ASSERT_TRUE(socket->apply("t", {{.element = web}}));
    EXPECT_TRUE(socket->apply("t", {{.element = web}}));
    EXPECT_EQ(socket->apply("t", {{.element = other}}).error().os_error(), EEXIST);
    ASSERT_TRUE(socket->apply("t", interval));
    const auto listed = os::run_program({"nft", "list", "table", "inet", "t"}, "", 5s);
    ASSERT_TRUE(listed);
    EXPECT_NE(listed->output.find("tcp . 8080 : 172.17.0.2 . 80"), std::string::npos)
        << listed->output;
    EXPECT_NE(listed->output.find("172.17.0.0/16"), std::string::npos) << listed->output;
    ASSERT_TRUE(socket->apply(
        "t", {{.element = web, .remove = true}, {.element = other, .remove = false}}));
    EXPECT_EQ(
        socket->apply("t", {{.element = web, .remove = true}, {.element = web, .remove = true}})
            .error()
            .os_error(),
        ENOENT);
    EXPECT_EQ(socket->apply("none", {{.element = web}}).error().os_error(), ENOENT);
}

TEST(Netlink, a_thousand_elements_in_one_transaction) {
    NEEDS_OWN_NETNS(netns);
    const auto loaded = os::run_program(
        {"nft", "-f", "-"},
        "table inet t { map m { type inet_proto . inet_service : ipv4_addr . inet_service; }; }\n",
        5s);
    ASSERT_TRUE(loaded && loaded->exit_code == 0);
    auto socket = os::NftSocket::open();
    ASSERT_TRUE(socket);
    using namespace std::string_literals;
    std::vector<os::NftChange> changes;
    for (int port = 1000; port < 3000; ++port) {
        const std::string number{static_cast<char>(port >> 8), static_cast<char>(port)};
        changes.push_back({.element = {.set = "m",
                                       .key = "\x11\0\0\0"s + number + "\0\0"s,
                                       .data = "\xac\x11\0\x02"s + number + "\0\0"s}});
    }
    const auto added = socket->apply("t", changes);
    EXPECT_TRUE(added) << added.error().message();
    for (auto& change : changes) {
        change.remove = true;
    }
    EXPECT_TRUE(socket->apply("t", changes));
}

TEST(Program, a_slow_one_is_killed) {
    const auto result = os::run_program({"sleep", "30"}, "", 50ms);
    ASSERT_FALSE(result);
    EXPECT_NE(result.error().message().find("did not end"), std::string::npos);
}

}  // namespace
