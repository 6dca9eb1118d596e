// What a pool thread writes of a response's body, straight to the socket: chunks, small writes
// together, files by the kernel.
#pragma once

#include <string>

#include "net/http/blocking_body.hpp"
#include "os/blocking_socket.hpp"

namespace wherry::http {

class DirectWriter final : public BlockingWriter {
  public:
    /// `stop` ends it when it is readable.
    DirectWriter(DirectOutput output, int stop)
        : output_(std::move(output)), socket_(output_.socket.fd(), stop) {}

    Result<> write(std::string_view bytes) override;
    Result<> write_file(int file, std::uint64_t offset, std::uint64_t size) override;
    /// Sends what is held back.
    [[nodiscard]] Result<> flush() { return send({}); }

  private:
    /// What is held back, and `more`, as one chunk.
    [[nodiscard]] Result<> send(std::string_view more);
    /// Counts what a known length allows.
    [[nodiscard]] Result<> take(std::uint64_t size);

    DirectOutput output_;
    os::BlockingSocket socket_;
    std::string held_;
};

}  // namespace wherry::http
