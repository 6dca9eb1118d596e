// Where output waits for a client that reads slowly: memory first, then a file without a name. So a
// slow client holds up neither the payload, nor the log, nor other clients.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "os/unique_fd.hpp"

namespace wherry::monitor {

class Spool {
  public:
    /// The file is made in `folder` when it is needed first; the text must live as long.
    explicit Spool(const std::string& folder) : folder_(&folder) {}

    void append(std::string_view bytes);
    /// What comes next; empty if there is nothing.
    [[nodiscard]] std::string_view front();
    void pop(std::size_t count);
    [[nodiscard]] std::size_t size() const noexcept {
        return memory_.size() - taken_ + static_cast<std::size_t>(written_ - read_) +
               overflow_.size();
    }
    /// No more should be added for now: the file has reached its limit, or cannot be written.
    [[nodiscard]] bool full() const noexcept;

  private:
    [[nodiscard]] bool write_file(std::string_view bytes);
    void refill();

    const std::string* folder_;
    std::string memory_;    // comes before what is in the file
    std::string overflow_;  // comes after it: what a full disk did not take
    std::size_t taken_ = 0;
    os::UniqueFd file_;
    off_t read_ = 0;
    off_t written_ = 0;
    bool no_file_ = false;
};

}  // namespace wherry::monitor
