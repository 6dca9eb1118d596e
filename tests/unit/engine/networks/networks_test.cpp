#include <gtest/gtest.h>

#include "engine/networks/address_pool.hpp"
#include "engine/networks/hosts_file.hpp"
#include "engine/networks/ports.hpp"
#include "engine/networks/records.hpp"
#include "engine/networks/resolv_conf.hpp"
#include "engine/networks/rules.hpp"

using namespace wherry;
using namespace wherry::networks;
using namespace std::string_literals;

namespace {

Ipv4 ip(std::string_view text) {
    return Ipv4::parse(text).value();
}

TEST(Address, reads_and_writes_numbers) {
    EXPECT_EQ(ip("172.17.0.2").text(), "172.17.0.2");
    EXPECT_EQ(ip("172.17.0.2").bytes(), "\xac\x11\x00\x02"s);
    for (const char* bad : {"", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.x", "::1"}) {
        EXPECT_FALSE(Ipv4::parse(bad)) << bad;
    }
    const Subnet subnet = Subnet::parse("172.17.5.1/16").value();
    EXPECT_EQ(subnet.text(), "172.17.0.0/16");
    EXPECT_EQ(subnet.last().text(), "172.17.255.255");
    EXPECT_TRUE(subnet.contains(ip("172.17.255.1")));
    EXPECT_FALSE(subnet.contains(ip("172.18.0.1")));
    EXPECT_TRUE(subnet.overlaps(Subnet::parse("172.16.0.0/12").value()));
    EXPECT_FALSE(subnet.overlaps(Subnet::parse("172.18.0.0/16").value()));
    EXPECT_TRUE(Subnet::parse("0.0.0.0/0").value().overlaps(subnet));
    EXPECT_FALSE(Subnet::parse("172.17.0.0/33"));
}

TEST(Address, a_random_mac_is_local_and_unicast) {
    for (int i = 0; i < 50; ++i) {
        const std::string mac = random_mac();
        ASSERT_EQ(mac.size(), 17U);
        EXPECT_NE("26ae"s.find(mac[1]), std::string::npos) << mac;
    }
}

TEST(AddressPool, gives_the_lowest_free_address) {
    AddressPool pool(Subnet::parse("10.0.0.0/29").value(), ip("10.0.0.1"));
    EXPECT_EQ(pool.take()->text(), "10.0.0.2");
    EXPECT_EQ(pool.take()->text(), "10.0.0.3");
    EXPECT_EQ(pool.take()->text(), "10.0.0.4");
    pool.release(ip("10.0.0.3"));
    EXPECT_EQ(pool.take()->text(), "10.0.0.3");
    EXPECT_TRUE(pool.take(ip("10.0.0.6")));
    EXPECT_EQ(pool.take(ip("10.0.0.6")).error().status(), 409);
    EXPECT_EQ(pool.take(ip("10.0.0.1")).error().status(), 409);
    EXPECT_EQ(pool.take(ip("10.0.1.1")).error().status(), 400);
    EXPECT_EQ(pool.take()->text(), "10.0.0.5");
    EXPECT_EQ(pool.in_use(), pool.capacity());
    EXPECT_FALSE(pool.take());
}

TEST(AddressPool, the_default_bridge_avoids_subnets_in_use) {
    const auto all = default_bridge_subnets();
    EXPECT_EQ(choose_subnet(all, {})->text(), "172.17.0.0/16");
    EXPECT_EQ(choose_subnet(all, {Subnet::parse("172.17.4.0/24").value()})->text(),
              "172.18.0.0/16");
    EXPECT_EQ(choose_subnet(all, {Subnet::parse("172.16.0.0/12").value()})->text(),
              "192.168.0.0/20");
    EXPECT_FALSE(choose_subnet(all, {Subnet::parse("0.0.0.0/0").value()}));
}

TEST(Ports, any_address_clashes_with_every_one_of_its_family) {
    PortRegistry ports(32768, 60999);
    const PublishedPort any{.container_port = 80, .host_ip = "0.0.0.0", .host_port = 8080};
    ports.take(any);
    EXPECT_FALSE(ports.free(Protocol::tcp, "127.0.0.1", 8080));
    EXPECT_FALSE(ports.free(Protocol::tcp, "0.0.0.0", 8080));
    EXPECT_TRUE(ports.free(Protocol::tcp, "::", 8080));
    EXPECT_TRUE(ports.free(Protocol::udp, "0.0.0.0", 8080));
    EXPECT_TRUE(ports.free(Protocol::tcp, "0.0.0.0", 8081));
    ports.release(any);
    ports.take({.host_ip = "127.0.0.1", .host_port = 8080});
    EXPECT_TRUE(ports.free(Protocol::tcp, "10.0.0.1", 8080));
    EXPECT_FALSE(ports.free(Protocol::tcp, "0.0.0.0", 8080));
}

TEST(Ports, candidates_are_one_port_a_range_or_the_ephemeral_ones_in_turn) {
    PortRegistry ports(100, 103);
    using List = std::vector<std::uint16_t>;
    EXPECT_EQ(ports.candidates({.host_port_first = 80}), List({80}));
    EXPECT_EQ(ports.candidates({.host_port_first = 80, .host_port_last = 82}), List({80, 81, 82}));
    EXPECT_EQ(ports.candidates({}), List({100, 101, 102, 103}));
    ports.used_ephemeral(Protocol::tcp, 101);
    EXPECT_EQ(ports.candidates({}), List({102, 103, 100, 101}));
    EXPECT_EQ(ports.candidates({.protocol = Protocol::udp}), List({100, 101, 102, 103}));
    ports.used_ephemeral(Protocol::tcp, 103);
    EXPECT_EQ(ports.candidates({}), List({100, 101, 102, 103}));
    const PortRegistry top(65534, 65535);
    EXPECT_EQ(top.candidates({}), List({65534, 65535}));
}

constexpr std::string_view fixed_hosts =
    "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::\tip6-localnet\n"
    "ff00::\tip6-mcastprefix\nff02::1\tip6-allnodes\nff02::2\tip6-allrouters\n";

TEST(HostsFile, has_extra_hosts_before_the_own_line) {
    HostsFile file{.address = "172.17.0.2",
                   .hostname = "web",
                   .domainname = "ex.org",
                   .extra_hosts = {"foo:1.2.3.4", "gw:host-gateway", "six:::1", "b=[fe00::1]"},
                   .gateway = "172.17.0.1"};
    EXPECT_EQ(*hosts_text(file), std::string(fixed_hosts) +
                                     "1.2.3.4\tfoo\n172.17.0.1\tgw\n::1\tsix\nfe00::1\tb\n"
                                     "172.17.0.2\tweb.ex.org web\n");
    file.extra_hosts.clear();
    file.hostname = "web.ex.org";
    file.domainname = "";
    EXPECT_EQ(*hosts_text(file), std::string(fixed_hosts) + "172.17.0.2\tweb.ex.org web\n");
    file.address = "";
    EXPECT_EQ(*hosts_text(file), fixed_hosts);
    file.extra_hosts = {"nonsense"};
    EXPECT_EQ(hosts_text(file).error().status(), 400);
}

TEST(ResolvConf, keeps_the_hosts_servers) {
    EXPECT_EQ(resolv_conf_text({.host_text = "# c\nnameserver 10.0.0.53\nsearch a b\n"}),
              "# Generated by Docker Engine.\n"
              "# This file can be edited; Docker Engine will not make further changes once it\n"
              "# has been modified.\n\n"
              "nameserver 10.0.0.53\nsearch a b\n\n"
              "# Based on host file: '/etc/resolv.conf' (legacy)\n# Overrides: []\n");
}

TEST(ResolvConf, takes_the_containers_settings_instead) {
    EXPECT_EQ(resolv_conf_text({.host_text = "nameserver 10.0.0.53\noptions rotate\n",
                                .dns = {"1.1.1.1"},
                                .search = {"a.b"},
                                .options = {"ndots:2"}}),
              "# Generated by Docker Engine.\n"
              "# This file can be edited; Docker Engine will not make further changes once it\n"
              "# has been modified.\n\n"
              "nameserver 1.1.1.1\nsearch a.b\noptions ndots:2\n\n"
              "# Based on host file: '/etc/resolv.conf' (legacy)\n"
              "# Overrides: [nameservers search options]\n# Option ndots from: override\n");
}

TEST(ResolvConf, a_loopback_server_is_of_no_use_to_a_container) {
    const std::string text =
        resolv_conf_text({.host_text = "nameserver 127.0.0.53\nnameserver fe80::1\n"});
    EXPECT_NE(text.find("nameserver 8.8.8.8\nnameserver 8.8.4.4\n"), std::string::npos) << text;
    EXPECT_EQ(text.find("127.0.0.53"), std::string::npos);
    const std::string shared =
        resolv_conf_text({.host_text = "nameserver 127.0.0.53\n", .own_loopback = false});
    EXPECT_NE(shared.find("nameserver 127.0.0.53\n"), std::string::npos);
    EXPECT_NE(shared.find("'/etc/resolv.conf'\n"), std::string::npos);
    EXPECT_EQ(host_resolv_conf_path("nameserver 127.0.0.53\n"), "/run/systemd/resolve/resolv.conf");
    EXPECT_EQ(host_resolv_conf_path("nameserver 127.0.0.53\nnameserver 9.9.9.9\n"),
              "/etc/resolv.conf");
}

TEST(Rules, an_endpoint_is_elements_alone) {
    const std::string bridge = "docker0"s + std::string(9, '\0');
    const EndpointState state{
        .ipv4_address = "172.17.0.2",
        .ports = {{.container_port = 80, .host_ip = "0.0.0.0", .host_port = 8080},
                  {.container_port = 80, .host_ip = "::", .host_port = 8080},
                  {.protocol = Protocol::udp,
                   .container_port = 53,
                   .host_ip = "127.0.0.1",
                   .host_port = 5353}}};
    const Elements expected = {{.set = "endpoints4", .key = "\xac\x11\0\x02"s + bridge},
                               {.set = "reachable4", .key = "\xac\x11\0\x02\x06\0\0\0\0\x50\0\0"s},
                               {.set = "ports_any4",
                                .key = "\x06\0\0\0\x1f\x90\0\0"s,
                                .data = "\xac\x11\0\x02\0\x50\0\0"s},
                               {.set = "reachable4", .key = "\xac\x11\0\x02\x11\0\0\0\0\x35\0\0"s},
                               {.set = "ports4",
                                .key = "\x7f\0\0\x01\x11\0\0\0\x14\xe9\0\0"s,
                                .data = "\xac\x11\0\x02\0\x35\0\0"s}};
    EXPECT_EQ(endpoint_elements("docker0", state), expected);
    EXPECT_TRUE(endpoint_elements("docker0", {}).empty());
}

TEST(Records, default_networks_survive_a_round_trip) {
    for (const api::Network& network : default_networks(1500)) {
        const auto back = decode_network(encode_network(network));
        ASSERT_TRUE(back) << back.error().message();
        EXPECT_EQ(back->id, network.id);
        EXPECT_EQ(back->driver, network.driver);
        EXPECT_EQ(back->options, network.options);
    }
    EXPECT_EQ(decode_network(R"({"Schema":2})").error().status(), 501);
}

}  // namespace
