#include "codec/frame/frame.hpp"

#include <algorithm>
#include <cassert>
#include <limits>

namespace wherry::frame {

Head head(Stream stream, std::size_t size) {
    assert(size <= std::numeric_limits<std::uint32_t>::max());
    const auto byte = [size](unsigned shift) { return static_cast<char>((size >> shift) & 0xff); };
    return {static_cast<char>(stream), 0, 0, 0, byte(24), byte(16), byte(8), byte(0)};
}

void append(std::string& out, Stream stream, std::string_view payload) {
    const Head bytes = head(stream, payload.size());
    out.append(bytes.data(), bytes.size());
    out.append(payload);
}

Result<> Parser::read_head() {
    const auto byte = [this](std::size_t at) {
        return static_cast<std::uint32_t>(static_cast<unsigned char>(head_[at]));
    };
    if (byte(0) > 3 || byte(1) != 0 || byte(2) != 0 || byte(3) != 0) {
        return fail(ErrorKind::invalid, "not a multiplexed stream: unrecognized stream {}",
                    byte(0));
    }
    stream_ = static_cast<Stream>(byte(0));
    left_ = byte(4) << 24 | byte(5) << 16 | byte(6) << 8 | byte(7);
    head_fill_ = 0;
    return {};
}

Result<Piece> Parser::next(std::string_view& bytes) {
    while (left_ == 0 && !bytes.empty()) {
        const auto take = std::min(bytes.size(), head_size - head_fill_);
        std::ranges::copy(bytes.substr(0, take), head_.data() + head_fill_);
        bytes.remove_prefix(take);
        head_fill_ += take;
        if (head_fill_ == head_size) {
            CHECK_OK(read_head());
        }
    }
    const auto take = std::min<std::size_t>(bytes.size(), left_);
    const Piece piece{stream_, bytes.substr(0, take)};
    bytes.remove_prefix(take);
    left_ -= static_cast<std::uint32_t>(take);
    return piece;
}

}  // namespace wherry::frame
