// Hears of changes that others make to the nf_tables ruleset (NFNLGRP_NFTABLES).
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "os/unique_fd.hpp"

namespace wherry::os {

/// What has happened since the last look.
struct NftNews {
    bool table_damaged = false;   ///< something of the watched table was removed
    bool others_changed = false;  ///< chains or rules of another table came or went
    bool overrun = false;         ///< there was more than the socket could hold: anything may be
};

/// For the network namespace of the thread that opened it.
class NftWatch {
  public:
    /// Changes made through the socket with the port `own_port` are not told.
    [[nodiscard]] static Result<NftWatch> open(std::uint32_t own_port);
    /// Readable when there is news.
    [[nodiscard]] int fd() const noexcept { return fd_.get(); }
    /// Reads all there is, without waiting. `table` is an `inet` one; what the senders in `ignored`
    /// (port ids, for a program its process id) did is left out.
    [[nodiscard]] Result<NftNews> drain(std::string_view table,
                                        const std::vector<std::uint32_t>& ignored);

  private:
    UniqueFd fd_;
};

}  // namespace wherry::os
