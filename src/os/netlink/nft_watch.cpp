#include "os/netlink/nft_watch.hpp"

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/filter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>

#include "os/syscall.hpp"

namespace wherry::os {

namespace {

constexpr std::uint8_t family_inet = 1;  // NFPROTO_INET
// Used only while news is waiting; a flush of a large ruleset comes as one burst.
constexpr int receive_buffer_bytes = 4 << 20;

/// A transaction's messages bear its sender's port, so the first one's tells for all of a packet.
Result<> leave_out(int fd, std::uint32_t port) {
    sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(nlmsghdr, nlmsg_pid)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htonl(port), 0, 1),
        BPF_STMT(BPF_RET | BPF_K, 0),
        BPF_STMT(BPF_RET | BPF_K, 0xffffffff),
    };
    const sock_fprog filter{.len = std::size(program), .filter = program};
    CHECK_OK(checked("setsockopt", "nftables", [&] {
        return ::setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter);
    }));
    return {};
}

/// The attribute that names the table is the first one's number in every kind of message.
std::string_view table_of(const nlmsghdr* header) {
    const auto* attribute =
        static_cast<const nlattr*>(::mnl_nlmsg_get_payload_offset(header, sizeof(nfgenmsg)));
    const auto* end = static_cast<const char*>(::mnl_nlmsg_get_payload_tail(header));
    while (::mnl_attr_ok(attribute,
                         static_cast<int>(end - reinterpret_cast<const char*>(attribute)))) {
        if (::mnl_attr_get_type(attribute) == NFTA_TABLE_NAME) {
            return ::mnl_attr_get_str(attribute);
        }
        attribute = ::mnl_attr_next(attribute);
    }
    return {};
}

void take(const nlmsghdr* header, std::string_view table, NftNews& news) {
    const int kind = header->nlmsg_type & 0xff;
    const auto* generic = static_cast<const nfgenmsg*>(::mnl_nlmsg_get_payload(header));
    const bool watched = generic->nfgen_family == family_inet && table_of(header) == table;
    switch (kind) {
        case NFT_MSG_DELTABLE:
        case NFT_MSG_DELCHAIN:
        case NFT_MSG_DELRULE:
            (watched ? news.table_damaged : news.others_changed) = true;
            break;
        case NFT_MSG_DELSET:
        case NFT_MSG_DELSETELEM:
            news.table_damaged = news.table_damaged || watched;
            break;
        case NFT_MSG_NEWTABLE:
        case NFT_MSG_NEWCHAIN:
        case NFT_MSG_NEWRULE:
            news.others_changed = news.others_changed || !watched;
            break;
        default:
            break;
    }
}

}  // namespace

Result<NftWatch> NftWatch::open(std::uint32_t own_port) {
    NftWatch out;
    TRY(const int fd, checked("netlink socket", "nftables", [] {
            return ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_NETFILTER);
        }));
    out.fd_.reset(fd);
    (void)::setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &receive_buffer_bytes,
                       sizeof receive_buffer_bytes);
    CHECK_OK(leave_out(fd, own_port));
    sockaddr_nl address{};
    address.nl_family = AF_NETLINK;
    address.nl_groups = 1U << (NFNLGRP_NFTABLES - 1);
    CHECK_OK(checked("bind", "nftables", [&] {
        return ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    }));
    return out;
}

Result<NftNews> NftWatch::drain(std::string_view table, const std::vector<std::uint32_t>& ignored) {
    NftNews news;
    alignas(nlmsghdr) std::array<char, 65536> buffer{};
    while (true) {
        const auto received = checked("receive", "nftables", [&] {
            return ::recv(fd_.get(), buffer.data(), buffer.size(), 0);
        });
        if (!received && received.error().os_error() == EAGAIN) {
            return news;
        }
        if (!received && received.error().os_error() == ENOBUFS) {
            news.overrun = true;
            continue;
        }
        if (!received) {
            return received.error();
        }
        int left = static_cast<int>(*received);
        for (const auto* header = reinterpret_cast<const nlmsghdr*>(buffer.data());
             ::mnl_nlmsg_ok(header, left); header = ::mnl_nlmsg_next(header, &left)) {
            const bool ours = std::ranges::find(ignored, header->nlmsg_pid) != ignored.end();
            if (!ours && header->nlmsg_type >> 8 == NFNL_SUBSYS_NFTABLES) {
                take(header, table, news);
            }
        }
    }
}

}  // namespace wherry::os
