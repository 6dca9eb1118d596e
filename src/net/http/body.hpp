// Bodies of messages on a connection, in both directions and for both sides.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "net/http/chunked.hpp"
#include "net/http/head.hpp"
#include "net/http/input.hpp"
#include "net/http/message.hpp"
#include "os/blocking_socket.hpp"

namespace wherry::http {

/// Reads the body that begins at the input's next byte.
class InputBody final : public BodyReader {
  public:
    InputBody(Input* input, Framing framing);

    Task<Result<std::size_t>> read_some(std::span<char> buffer) override;
    Task<Result<std::unique_ptr<BlockingReader>>> lend(int stop) override;
    /// All was read: the next byte belongs to the next message.
    [[nodiscard]] bool finished() const noexcept { return finished_; }
    /// Bytes of the body that are known to come; nothing if only its end will tell.
    [[nodiscard]] std::optional<std::uint64_t> remaining() const noexcept;
    /// Runs before the first read that waits for the peer (to send 100 Continue).
    void set_before_wait(std::function<Task<Result<>>()> function) {
        before_wait_ = std::move(function);
    }

  private:
    class Lent;
    Result<std::size_t> read_blocking(const os::BlockingSocket& socket, std::span<char> buffer);
    Result<std::size_t> read_chunks_blocking(const os::BlockingSocket& socket,
                                             std::span<char> buffer);
    /// What was read ahead, as far as it fits; 0 if that is nothing.
    std::size_t take_ahead(std::span<char> buffer);
    Task<Result<std::size_t>> read_length(std::span<char> buffer);
    Task<Result<std::size_t>> read_chunks(std::span<char> buffer);
    Task<Result<std::size_t>> read_to_end(std::span<char> buffer);
    Task<Result<std::size_t>> take_some(std::span<char> buffer);
    Task<Result<>> call_before_wait();

    Input* input_;
    Framing framing_;
    ChunkDecoder chunks_;
    std::function<Task<Result<>>()> before_wait_;
    bool finished_ = false;
};

/// Each write is one chunk, sent at once.
class ChunkedWriter final : public BodyWriter {
  public:
    explicit ChunkedWriter(async::Stream* stream) : stream_(stream) {}
    Task<Result<>> write(std::string_view bytes) override;
    std::optional<DirectOutput> direct() override;
    [[nodiscard]] Task<Result<>> finish();

  private:
    async::Stream* stream_;
};

/// Bytes as they are: for a length that is known, or up to the end of the connection.
class PlainWriter final : public BodyWriter {
  public:
    PlainWriter(async::Stream* stream, std::optional<std::uint64_t> length)
        : stream_(stream), left_(length) {}
    Task<Result<>> write(std::string_view bytes) override;
    std::optional<DirectOutput> direct() override;
    /// Whether as much was written as was announced.
    [[nodiscard]] bool complete() const noexcept { return !left_ || *left_ == 0; }

  private:
    async::Stream* stream_;
    std::optional<std::uint64_t> left_;
};

}  // namespace wherry::http
