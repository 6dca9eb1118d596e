// A container's place in a network: what containers ask for and what they get.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "os/unique_fd.hpp"

namespace wherry::networks {

enum class Protocol : std::uint8_t { tcp = 6, udp = 17, sctp = 132 };

/// A port of the container and where it is published. `host_port_first == 0`: an ephemeral port;
/// `host_port_last > first`: any free one of the range. `host_ip` "": all of v4 and v6.
struct PortRequest {
    Protocol protocol = Protocol::tcp;
    std::uint16_t container_port = 0;
    std::string host_ip;
    std::uint16_t host_port_first = 0;
    std::uint16_t host_port_last = 0;
};

/// A port as it was published.
struct PublishedPort {
    Protocol protocol = Protocol::tcp;
    std::uint16_t container_port = 0;
    std::string host_ip;
    std::uint16_t host_port = 0;
};

struct EndpointRequest {
    std::string container_id;
    std::string container_name;  ///< without slash
    std::string network;         ///< name or id
    std::string hostname;
    std::string domainname;
    std::string mac_address;   ///< "" to have one made from the address
    std::string ipv4_address;  ///< "" for the next free one
    std::string ipv6_address;
    std::vector<std::string> dns;
    std::vector<std::string> dns_search;
    std::vector<std::string> dns_options;
    std::vector<std::string> extra_hosts;  ///< "name:address", address may be host-gateway
    std::vector<PortRequest> ports;
};

/// What inspect shows of an endpoint, and what a new daemon needs to find it again.
struct EndpointState {
    std::string network_id;
    std::string network_name;
    std::string endpoint_id;
    std::string gateway;
    std::string ipv4_address;
    int ipv4_prefix = 0;
    std::string ipv6_gateway;
    std::string ipv6_address;
    int ipv6_prefix = 0;
    std::string mac_address;
    std::string host_interface;  ///< the veth's end on the host
    std::vector<PublishedPort> ports;
};

/// A listening socket whose connections are carried to the container by the monitor (`::1`).
struct Relay {
    os::UniqueFd listener;
    Protocol protocol = Protocol::tcp;
    std::string target_address;
    std::uint16_t target_port = 0;
};

/// A container's ready network.
struct Endpoint {
    EndpointState state;
    os::UniqueFd netns;                  ///< the namespace, with its links up and routed
    std::vector<os::UniqueFd> reserved;  ///< sockets that hold the published ports
    std::vector<Relay> relays;
    std::string hosts;        ///< text of /etc/hosts
    std::string resolv_conf;  ///< text of /etc/resolv.conf
};

}  // namespace wherry::networks
