// Finds the detach sequence in what a client types. Bytes that may be its start are held back until
// it is clear that they are not.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace wherry::monitor {

class DetachKeys {
  public:
    /// An empty sequence is never found.
    explicit DetachKeys(std::string sequence) : sequence_(std::move(sequence)) {}
    /// Appends what may be passed on; true once the sequence was typed (the rest is dropped).
    [[nodiscard]] bool pass(std::string_view typed, std::string& out);
    /// The typing has ended: what was held back is passed on.
    void finish(std::string& out);

  private:
    std::string sequence_;
    std::size_t matched_ = 0;
};

}  // namespace wherry::monitor
