// The table's text.
#include <vector>

#include "base/text.hpp"
#include "engine/networks/rules.hpp"

namespace wherry::networks {

namespace {

struct SetDefinition {
    std::string_view kind;
    std::string_view name;
    std::string_view type;
    std::string_view more;
};

constexpr SetDefinition sets[] = {
    {"set", "bridges", "type ifname;", ""},
    // A pair of equal names: containers of that bridge may talk to each other.
    {"set", "open_between", "type ifname . ifname;", ""},
    {"set", "subnets4", "type ipv4_addr;", " flags interval;"},
    {"set", "subnets6", "type ipv6_addr;", " flags interval;"},
    {"set", "endpoints4", "type ipv4_addr . ifname;", ""},
    {"set", "endpoints6", "type ipv6_addr . ifname;", ""},
    {"set", "reachable4", "type ipv4_addr . inet_proto . inet_service;", ""},
    {"set", "reachable6", "type ipv6_addr . inet_proto . inet_service;", ""},
    {"map", "ports4", "type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service;", ""},
    {"map", "ports_any4", "type inet_proto . inet_service : ipv4_addr . inet_service;", ""},
    {"map", "ports6", "type ipv6_addr . inet_proto . inet_service : ipv6_addr . inet_service;", ""},
    {"map", "ports_any6", "type inet_proto . inet_service : ipv6_addr . inet_service;", ""},
};

struct ChainDefinition {
    std::string_view name;
    std::string_view hook;  ///< "" for one that is jumped to
    std::vector<std::string_view> rules;
};

const std::vector<ChainDefinition>& chains() {
    static const std::vector<ChainDefinition> all = {
        // Before every chain that jumps to it.
        {"publish",
         "",
         {
             // A dnat with a port needs to know that there is one: the protocol match.
             "meta nfproto ipv4 meta l4proto { tcp, udp, sctp } dnat ip to ip daddr . meta l4proto "
             ". th dport map @ports4",
             "meta nfproto ipv4 meta l4proto { tcp, udp, sctp } dnat ip to meta l4proto . th dport "
             "map @ports_any4",
             "meta nfproto ipv6 meta l4proto { tcp, udp, sctp } dnat ip6 to ip6 daddr . meta "
             "l4proto . th dport map @ports6",
             "meta nfproto ipv6 meta l4proto { tcp, udp, sctp } dnat ip6 to meta l4proto . th "
             "dport map @ports_any6",
         }},
        {"to_containers",
         "",
         {
             "ct state established,related accept",
             "ct status dnat accept",
             "iifname . oifname @open_between accept",
             // From outside, published ports are reached at the container's own address too.
             "iifname != @bridges ip daddr . meta l4proto . th dport @reachable4 accept",
             "iifname != @bridges ip6 daddr . meta l4proto . th dport @reachable6 accept",
             "drop",
         }},
        {"raw_prerouting",
         "type filter hook prerouting priority raw; policy accept;",
         {
             // route_localnet lets packets for 127/8 in from other machines: not past here.
             "iifname != \"lo\" ip daddr 127.0.0.0/8 drop",
         }},
        {"nat_prerouting",
         "type nat hook prerouting priority dstnat; policy accept;",
         {"fib daddr type local jump publish"}},
        {"nat_output",
         "type nat hook output priority -100; policy accept;",
         {"fib daddr type local jump publish"}},
        {"nat_postrouting",
         "type nat hook postrouting priority srcnat; policy accept;",
         {
             // A container that reaches itself or a neighbour by a published port: the answer must
             // come back through here.
             "ct status dnat ip saddr . oifname @endpoints4 masquerade",
             "ct status dnat ip6 saddr . oifname @endpoints6 masquerade",
             // A loopback address is none outside of this host.
             "oifname @bridges ip saddr 127.0.0.0/8 masquerade",
             "oifname != @bridges ip saddr @subnets4 masquerade",
             "oifname != @bridges ip6 saddr @subnets6 masquerade",
         }},
        {"forward",
         "type filter hook forward priority filter; policy accept;",
         {"oifname @bridges jump to_containers"}},
    };
    return all;
}

}  // namespace

std::string skeleton_text(std::string_view table) {
    std::string out = text::format("add table inet {}\n", table);
    for (const SetDefinition& set : sets) {
        out += text::format("add {} inet {} {} { {}{} }\n", set.kind, table, set.name, set.type,
                            set.more);
    }
    for (const ChainDefinition& chain : chains()) {
        const std::string hook = chain.hook.empty() ? "" : text::format(" { {} }", chain.hook);
        out += text::format("add chain inet {} {}{}\n", table, chain.name, hook);
    }
    for (const ChainDefinition& chain : chains()) {
        out += text::format("flush chain inet {} {}\n", table, chain.name);
    }
    for (const ChainDefinition& chain : chains()) {
        for (const std::string_view rule : chain.rules) {
            out += text::format("add rule inet {} {} {}\n", table, chain.name, rule);
        }
    }
    return out;
}

std::vector<std::string> set_names() {
    std::vector<std::string> out;
    for (const SetDefinition& set : sets) {
        out.emplace_back(set.name);
    }
    return out;
}

}  // namespace wherry::networks
