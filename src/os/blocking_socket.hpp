// A connected socket for one thread that may wait: it sends and receives there until another thread
// says stop. The socket stays its owner's, and may be non-blocking.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/result.hpp"
#include "os/unique_fd.hpp"

namespace wherry::os {

/// Tells a thread that waits to give up. Raised from any thread, once and for good.
class StopSignal {
  public:
    [[nodiscard]] static Result<StopSignal> make();
    void raise() const noexcept;
    /// Readable once it was raised.
    [[nodiscard]] int fd() const noexcept { return event_.get(); }

  private:
    explicit StopSignal(UniqueFd event) : event_(std::move(event)) {}
    UniqueFd event_;
};

class BlockingSocket {
  public:
    /// Both descriptors are borrowed.
    BlockingSocket(int socket, int stop) : socket_(socket), stop_(stop) {}

    /// All of the pieces, eight at most. `cancelled` after a stop, also where nothing would wait.
    [[nodiscard]] Result<> send(std::span<const std::string_view> pieces) const;
    /// `size` bytes of a file from `offset` on, without a copy where the kernel can do that.
    /// `internal` if the file turns out shorter: bytes were promised that do not exist.
    [[nodiscard]] Result<> send_file(int file, std::uint64_t offset, std::uint64_t size) const;
    /// Fills a part of the buffer; 0 is the end.
    [[nodiscard]] Result<std::size_t> receive(std::span<char> buffer) const;

  private:
    /// Waits for the events of poll(2).
    [[nodiscard]] Result<> wait(short events) const;

    int socket_;
    int stop_;
};

}  // namespace wherry::os
