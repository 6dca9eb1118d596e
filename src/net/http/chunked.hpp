// The chunked transfer coding, without I/O.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace wherry::http {

/// Takes chunks apart. Strict: CRLF only, sizes of up to 16 digits, short lines and trailers.
class ChunkDecoder {
  public:
    struct Step {
        std::size_t consumed = 0;  ///< of the input
        std::size_t produced = 0;  ///< into the output
    };
    /// Goes on until the input is used up, the output is full, or the end is reached.
    [[nodiscard]] Result<Step> decode(std::string_view in, std::span<char> out);
    /// The last chunk and its trailers are over; what follows is not of this message.
    [[nodiscard]] bool finished() const noexcept { return state_ == State::finished; }

  private:
    enum class State {
        size,
        size_end,
        extension,
        data,
        data_end_cr,
        data_end_lf,
        trailer,
        finished
    };

    Result<> take(char c);
    Result<> take_size(char c);
    Result<> take_trailer(char c);
    void begin_chunk();

    State state_ = State::size;
    std::uint64_t size_ = 0;
    std::size_t digits_ = 0;
    std::size_t line_ = 0;      // bytes of the line that is read
    std::size_t trailers_ = 0;  // bytes of all trailers
    bool after_cr_ = false;
};

/// The line in front of a chunk of that size.
[[nodiscard]] std::string chunk_head(std::size_t size);
inline constexpr std::string_view last_chunk = "0\r\n\r\n";

}  // namespace wherry::http
