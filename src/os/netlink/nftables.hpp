// Elements of nf_tables sets and maps, changed in transactions over netlink; the table itself is
// text that the program `nft` loads (os/program.hpp). Messages are framed with libmnl; the layout
// is the kernel's (linux/netfilter/nf_tables.h).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "os/unique_fd.hpp"

namespace wherry::os {

/// One element. The fields of a concatenation stand one after the other, each padded with zeros to
/// 4 bytes, numbers in network order; an interface name fills 16 bytes.
struct NftElement {
    std::string set;
    std::string key;
    std::string data;           ///< a map's value, "" in a set
    bool interval_end = false;  ///< the first key past an interval
    [[nodiscard]] bool operator==(const NftElement&) const = default;
};

/// Adds or removes one element; a removal without a key empties the whole set.
struct NftChange {
    NftElement element;
    bool remove = false;
};

/// Speaks for the network namespace of the thread that opened it. One thread at a time.
class NftSocket {
  public:
    [[nodiscard]] static Result<NftSocket> open();

    /// All changes to sets of the `inet` table or none. An element that is there with the same
    /// value is no error; with another value it is EEXIST; a missing one removed is ENOENT, and so
    /// is a missing set or table.
    [[nodiscard]] Result<> apply(const std::string& table, const std::vector<NftChange>& changes);
    /// Whether the `inet` table is there.
    [[nodiscard]] Result<bool> has_table(const std::string& table);
    /// The socket's address, by which notifications name who made a change.
    [[nodiscard]] std::uint32_t port_id() const noexcept { return port_id_; }

  private:
    [[nodiscard]] Result<> answer(std::uint32_t first, std::uint32_t last, std::string_view table);

    UniqueFd fd_;
    std::uint32_t port_id_ = 0;
    std::uint32_t sequence_ = 1;
};

}  // namespace wherry::os
