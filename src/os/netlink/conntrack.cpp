#include "os/netlink/conntrack.hpp"

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <cerrno>
#include <vector>

#include "os/syscall.hpp"
#include "os/unique_fd.hpp"

namespace wherry::os {

namespace {

using Buffer = std::array<char, 32768>;

std::string_view payload(const nlattr* attribute) {
    return {static_cast<const char*>(::mnl_attr_get_payload(attribute)),
            ::mnl_attr_get_payload_len(attribute)};
}

/// The attribute of that type inside another one; null where there is none.
const nlattr* find_in(const nlattr* nest, unsigned type) {
    if (nest == nullptr) {
        return nullptr;
    }
    const auto* first = static_cast<const nlattr*>(::mnl_attr_get_payload(nest));
    const auto* end = reinterpret_cast<const char*>(nest) + nest->nla_len;
    for (const nlattr* at = first;
         ::mnl_attr_ok(at, static_cast<int>(end - reinterpret_cast<const char*>(at)));
         at = ::mnl_attr_next(at)) {
        if (::mnl_attr_get_type(at) == type) {
            return at;
        }
    }
    return nullptr;
}

const nlattr* find_in(const nlmsghdr* message, unsigned type) {
    const auto* first =
        static_cast<const nlattr*>(::mnl_nlmsg_get_payload_offset(message, sizeof(nfgenmsg)));
    const auto* end = static_cast<const char*>(::mnl_nlmsg_get_payload_tail(message));
    for (const nlattr* at = first;
         ::mnl_attr_ok(at, static_cast<int>(end - reinterpret_cast<const char*>(at)));
         at = ::mnl_attr_next(at)) {
        if (::mnl_attr_get_type(at) == type) {
            return at;
        }
    }
    return nullptr;
}

std::string bytes_of(const nlattr* attribute) {
    return attribute == nullptr ? std::string() : std::string(payload(attribute));
}

/// Fills `flow` if the entry is one of UDP.
bool read_flow(const nlmsghdr* message, UdpFlow& flow) {
    const nlattr* original = find_in(message, CTA_TUPLE_ORIG);
    const nlattr* protocol = find_in(original, CTA_TUPLE_PROTO);
    const nlattr* number = find_in(protocol, CTA_PROTO_NUM);
    const nlattr* port = find_in(protocol, CTA_PROTO_DST_PORT);
    if (number == nullptr || ::mnl_attr_get_u8(number) != IPPROTO_UDP || port == nullptr) {
        return false;
    }
    flow.destination = bytes_of(find_in(find_in(original, CTA_TUPLE_IP), CTA_IP_V4_DST));
    flow.destination_port = ntohs(::mnl_attr_get_u16(port));
    const nlattr* reply = find_in(find_in(message, CTA_TUPLE_REPLY), CTA_TUPLE_IP);
    flow.answered_by = bytes_of(find_in(reply, CTA_IP_V4_SRC));
    return true;
}

nlmsghdr* begin(Buffer& buffer, unsigned type, int flags) {
    nlmsghdr* header = ::mnl_nlmsg_put_header(buffer.data());
    header->nlmsg_type = static_cast<std::uint16_t>(NFNL_SUBSYS_CTNETLINK << 8 | type);
    header->nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags);
    auto* generic = static_cast<nfgenmsg*>(::mnl_nlmsg_put_extra_header(header, sizeof(nfgenmsg)));
    generic->nfgen_family = AF_INET;
    generic->version = NFNETLINK_V0;
    return header;
}

Result<> send(int fd, const nlmsghdr* message) {
    CHECK_OK(
        checked("send", "conntrack", [&] { return ::send(fd, message, message->nlmsg_len, 0); }));
    return {};
}

/// Calls `take` for each message until the answer has ended; its error, if any.
template <class F>
Result<> receive(int fd, F take) {
    alignas(nlmsghdr) Buffer buffer{};
    while (true) {
        TRY(const ssize_t received, checked("receive", "conntrack", [&] {
                return ::recv(fd, buffer.data(), buffer.size(), 0);
            }));
        int left = static_cast<int>(received);
        for (const auto* header = reinterpret_cast<const nlmsghdr*>(buffer.data());
             ::mnl_nlmsg_ok(header, left); header = ::mnl_nlmsg_next(header, &left)) {
            if (header->nlmsg_type == NLMSG_DONE) {
                return {};
            }
            if (header->nlmsg_type == NLMSG_ERROR) {
                const auto* error = static_cast<const nlmsgerr*>(::mnl_nlmsg_get_payload(header));
                return error->error == 0 ? Result<>() : os_failure("conntrack", "", -error->error);
            }
            take(header);
        }
    }
}

}  // namespace

Result<> forget_udp_flows(const std::function<bool(const UdpFlow&)>& matches) {
    TRY(const int fd, checked("netlink socket", "conntrack", [] {
            return ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
        }));
    const UniqueFd socket(fd);
    const timeval limit{.tv_sec = 5, .tv_usec = 0};
    (void)::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    alignas(nlmsghdr) Buffer buffer{};
    CHECK_OK(send(fd, begin(buffer, IPCTNL_MSG_CT_GET, NLM_F_DUMP)));
    std::vector<std::string> found;
    CHECK_OK(receive(fd, [&](const nlmsghdr* message) {
        UdpFlow flow;
        if (read_flow(message, flow) && matches(flow)) {
            found.emplace_back(payload(find_in(message, CTA_TUPLE_ORIG)));
        }
    }));
    for (const std::string& tuple : found) {
        nlmsghdr* message = begin(buffer, IPCTNL_MSG_CT_DELETE, NLM_F_ACK);
        ::mnl_attr_put(message, CTA_TUPLE_ORIG | NLA_F_NESTED, tuple.size(), tuple.data());
        CHECK_OK(send(fd, message));
        const auto done = receive(fd, [](const nlmsghdr* /*message*/) {});
        if (!done && done.error().os_error() != ENOENT) {
            return done;
        }
    }
    return {};
}

}  // namespace wherry::os
