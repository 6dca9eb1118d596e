// Docker's multiplexed stream: each piece has a head of eight bytes, stream number, three zeros and
// the size, big-endian. Used for attach, exec and logs of processes without a terminal.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace wherry::frame {

enum class Stream : std::uint8_t {
    standard_input = 0,
    standard_output = 1,
    standard_error = 2,
    system_error = 3,  ///< the engine's own complaint, in the middle of a stream
};

inline constexpr std::size_t head_size = 8;
using Head = std::array<char, head_size>;

/// `size` is of what follows; it must fit 32 bits.
[[nodiscard]] Head head(Stream stream, std::size_t size);
void append(std::string& out, Stream stream, std::string_view payload);

/// A piece of a frame's payload: a view into the bytes that were fed.
struct Piece {
    Stream stream = Stream::standard_output;
    std::string_view payload;
};

/// Takes frames apart, however the bytes were cut; keeps no payload.
class Parser {
  public:
    /// Takes some of `bytes` (and shortens it) and gives the next piece of payload; a piece with an
    /// empty payload means that more bytes are needed. `invalid` if it is not a frame's head.
    [[nodiscard]] Result<Piece> next(std::string_view& bytes);
    /// Whether the stream may end here: not inside a frame.
    [[nodiscard]] bool at_boundary() const noexcept { return head_fill_ == 0 && left_ == 0; }

  private:
    [[nodiscard]] Result<> read_head();

    Head head_{};
    std::size_t head_fill_ = 0;
    std::uint32_t left_ = 0;
    Stream stream_ = Stream::standard_output;
};

}  // namespace wherry::frame
