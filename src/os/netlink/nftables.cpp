#include "os/netlink/nftables.hpp"

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <cerrno>

#include "os/syscall.hpp"

namespace wherry::os {

namespace {

constexpr std::uint8_t family_inet = 1;  // NFPROTO_INET
// The list attribute of one message holds 64 kB.
constexpr std::size_t elements_per_message = 400;
constexpr std::size_t element_bytes = 160;
constexpr int send_buffer_bytes = 8 << 20;

/// Messages in one buffer that only grows at the end of a message.
class Batch {
  public:
    explicit Batch(std::size_t capacity) : bytes_(capacity) {}

    nlmsghdr* begin(std::uint16_t type, std::uint16_t flags, std::uint32_t sequence,
                    std::uint8_t family, std::uint16_t resource) {
        nlmsghdr* header = ::mnl_nlmsg_put_header(bytes_.data() + used_);
        header->nlmsg_type = type;
        header->nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags);
        header->nlmsg_seq = sequence;
        auto* generic =
            static_cast<nfgenmsg*>(::mnl_nlmsg_put_extra_header(header, sizeof(nfgenmsg)));
        generic->nfgen_family = family;
        generic->version = NFNETLINK_V0;
        generic->res_id = htons(resource);
        return header;
    }
    void end(const nlmsghdr* header) { used_ += NLMSG_ALIGN(header->nlmsg_len); }
    [[nodiscard]] std::string_view bytes() const { return {bytes_.data(), used_}; }

  private:
    std::vector<char> bytes_;
    std::size_t used_ = 0;
};

void put_value(nlmsghdr* header, std::uint16_t attribute, std::string_view bytes) {
    nlattr* nest = ::mnl_attr_nest_start(header, attribute);
    ::mnl_attr_put(header, NFTA_DATA_VALUE, bytes.size(), bytes.data());
    ::mnl_attr_nest_end(header, nest);
}

void put_element(nlmsghdr* header, const NftElement& element) {
    nlattr* entry = ::mnl_attr_nest_start(header, NFTA_LIST_ELEM);
    put_value(header, NFTA_SET_ELEM_KEY, element.key);
    if (!element.data.empty()) {
        put_value(header, NFTA_SET_ELEM_DATA, element.data);
    }
    if (element.interval_end) {
        ::mnl_attr_put_u32(header, NFTA_SET_ELEM_FLAGS, htonl(NFT_SET_ELEM_INTERVAL_END));
    }
    ::mnl_attr_nest_end(header, entry);
}

/// Whether the second change can go into the first one's message.
bool alike(const NftChange& a, const NftChange& b) {
    return a.remove == b.remove && a.element.set == b.element.set &&
           a.element.key.empty() == b.element.key.empty();
}

}  // namespace

Result<NftSocket> NftSocket::open() {
    NftSocket out;
    TRY(const int fd, checked("netlink socket", "nftables", [] {
            return ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
        }));
    out.fd_.reset(fd);
    sockaddr_nl address{};
    address.nl_family = AF_NETLINK;
    CHECK_OK(checked("bind", "nftables", [&] {
        return ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    }));
    socklen_t length = sizeof address;
    CHECK_OK(checked("getsockname", "nftables", [&] {
        return ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length);
    }));
    out.port_id_ = address.nl_pid;
    // The kernel answers before sendto returns; the limit is for a bug, not for a slow machine.
    const timeval limit{.tv_sec = 5, .tv_usec = 0};
    (void)::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    (void)::setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &send_buffer_bytes,
                       sizeof send_buffer_bytes);
    return out;
}

Result<> NftSocket::apply(const std::string& table, const std::vector<NftChange>& changes) {
    if (changes.empty()) {
        return {};
    }
    Batch batch(changes.size() * (element_bytes + 128) + 1024);
    const std::uint32_t first = sequence_;
    batch.end(batch.begin(NFNL_MSG_BATCH_BEGIN, 0, sequence_++, AF_UNSPEC, NFNL_SUBSYS_NFTABLES));
    for (std::size_t i = 0; i < changes.size();) {
        std::size_t end = i + 1;
        while (end < changes.size() && end - i < elements_per_message &&
               alike(changes[i], changes[end])) {
            ++end;
        }
        const bool remove = changes[i].remove;
        const auto type = static_cast<std::uint16_t>(
            NFNL_SUBSYS_NFTABLES << 8 | (remove ? NFT_MSG_DELSETELEM : NFT_MSG_NEWSETELEM));
        const int flags = (remove ? 0 : NLM_F_CREATE) | (end == changes.size() ? NLM_F_ACK : 0);
        nlmsghdr* header =
            batch.begin(type, static_cast<std::uint16_t>(flags), sequence_++, family_inet, 0);
        ::mnl_attr_put_strz(header, NFTA_SET_ELEM_LIST_TABLE, table.c_str());
        ::mnl_attr_put_strz(header, NFTA_SET_ELEM_LIST_SET, changes[i].element.set.c_str());
        if (changes[i].element.key.empty()) {
            i = end;  // without a list the kernel empties the set
        } else {
            nlattr* list = ::mnl_attr_nest_start(header, NFTA_SET_ELEM_LIST_ELEMENTS);
            for (; i < end; ++i) {
                put_element(header, changes[i].element);
            }
            ::mnl_attr_nest_end(header, list);
        }
        batch.end(header);
    }
    const std::uint32_t last = sequence_ - 1;
    batch.end(batch.begin(NFNL_MSG_BATCH_END, 0, sequence_++, AF_UNSPEC, NFNL_SUBSYS_NFTABLES));
    CHECK_OK(checked("send", "nftables", [&] {
        return ::send(fd_.get(), batch.bytes().data(), batch.bytes().size(), 0);
    }));
    return answer(first, last, table);
}

Result<bool> NftSocket::has_table(const std::string& table) {
    Batch request(1024);
    const std::uint32_t number = sequence_++;
    nlmsghdr* header = request.begin(NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETTABLE, NLM_F_ACK,
                                     number, family_inet, 0);
    ::mnl_attr_put_strz(header, NFTA_TABLE_NAME, table.c_str());
    request.end(header);
    CHECK_OK(checked("send", "nftables", [&] {
        return ::send(fd_.get(), request.bytes().data(), request.bytes().size(), 0);
    }));
    const auto answered = answer(number, number, table);
    if (!answered && answered.error().os_error() == ENOENT) {
        return false;
    }
    if (!answered) {
        return answered.error();
    }
    return true;
}

Result<> NftSocket::answer(std::uint32_t first, std::uint32_t last, std::string_view table) {
    // Every message that failed is answered, and the last one in any case. A batch that was refused
    // as a whole is answered with its begin alone.
    int failure = 0;
    while (true) {
        alignas(nlmsghdr) std::array<char, 16384> buffer{};
        TRY(const ssize_t received, checked("receive", "nftables", [&] {
                return ::recv(fd_.get(), buffer.data(), buffer.size(), 0);
            }));
        int left = static_cast<int>(received);
        for (const auto* header = reinterpret_cast<const nlmsghdr*>(buffer.data());
             ::mnl_nlmsg_ok(header, left); header = ::mnl_nlmsg_next(header, &left)) {
            if (header->nlmsg_type != NLMSG_ERROR || header->nlmsg_seq < first ||
                header->nlmsg_seq > last) {
                continue;
            }
            const auto* error = static_cast<const nlmsgerr*>(::mnl_nlmsg_get_payload(header));
            if (failure == 0 && error->error != 0) {
                failure = -error->error;
            }
            if (header->nlmsg_seq == last || header->nlmsg_seq == first) {
                if (failure != 0) {
                    return os_failure("nftables", table, failure);
                }
                return {};
            }
        }
    }
}

}  // namespace wherry::os
