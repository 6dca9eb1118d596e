#include "net/http/chunked.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace wherry::http {

namespace {

constexpr std::size_t longest_line = 4096;
constexpr std::size_t most_trailers = std::size_t{16} * 1024;
constexpr std::size_t most_digits = 15;  // 2^60 bytes: no overflow, and enough

Error malformed() {
    return {ErrorKind::invalid, "malformed chunked encoding"};
}

}  // namespace

Result<ChunkDecoder::Step> ChunkDecoder::decode(std::string_view in, std::span<char> out) {
    Step step;
    while (step.consumed < in.size() && !finished()) {
        if (state_ != State::data) {
            CHECK_OK(take(in[step.consumed]));
            ++step.consumed;
            continue;
        }
        const std::size_t most = std::min(in.size() - step.consumed, out.size() - step.produced);
        const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(most, size_));
        if (count == 0) {
            return step;
        }
        std::memcpy(out.data() + step.produced, in.data() + step.consumed, count);
        step.consumed += count;
        step.produced += count;
        size_ -= count;
        if (size_ == 0) {
            state_ = State::data_end_cr;
        }
    }
    return step;
}

Result<> ChunkDecoder::take(char c) {
    switch (state_) {
        case State::size:
        case State::extension:
            return take_size(c);
        case State::size_end:
            if (c != '\n') {
                return malformed();
            }
            begin_chunk();
            return {};
        case State::data_end_cr:
            state_ = State::data_end_lf;
            return c == '\r' ? Result<>() : malformed();
        case State::data_end_lf:
            state_ = State::size;
            return c == '\n' ? Result<>() : malformed();
        case State::trailer:
            return take_trailer(c);
        case State::data:
        case State::finished:
            break;
    }
    return {};
}

Result<> ChunkDecoder::take_size(char c) {
    if (++line_ > longest_line) {
        return malformed();
    }
    if (c == '\r') {
        state_ = State::size_end;
        return digits_ > 0 ? Result<>() : malformed();
    }
    if (state_ == State::extension) {
        return c != '\n' ? Result<>() : malformed();
    }
    unsigned digit = 0;
    const auto parsed = std::from_chars(&c, &c + 1, digit, 16);
    if (parsed.ec == std::errc{} && digits_ < most_digits) {
        size_ = size_ * 16 + digit;
        ++digits_;
        return {};
    }
    if ((c == ';' || c == ' ' || c == '\t') && digits_ > 0) {
        state_ = State::extension;
        return {};
    }
    return malformed();
}

void ChunkDecoder::begin_chunk() {
    state_ = size_ > 0 ? State::data : State::trailer;
    digits_ = 0;
    line_ = 0;
}

Result<> ChunkDecoder::take_trailer(char c) {
    if (++trailers_ > most_trailers) {
        return malformed();
    }
    if (after_cr_) {
        if (c != '\n') {
            return malformed();
        }
        after_cr_ = false;
        if (line_ == 0) {
            state_ = State::finished;
        }
        line_ = 0;
        return {};
    }
    if (c == '\n') {
        return malformed();
    }
    after_cr_ = c == '\r';
    line_ += after_cr_ ? 0 : 1;
    return {};
}

std::string chunk_head(std::size_t size) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, size, 16);
    std::string head(digits, end.ptr);
    head.append("\r\n");
    return head;
}

}  // namespace wherry::http
