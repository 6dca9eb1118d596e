// Chunked bodies from anyone: the result does not depend on how the bytes arrive.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>
#include <string_view>

#include "net/http/chunked.hpp"

namespace {

struct Decoded {
    std::string text;
    std::size_t consumed = 0;
    bool finished = false;
    bool failed = false;

    bool operator==(const Decoded&) const = default;
};

Decoded decode(std::string_view bytes, std::size_t in_step, std::size_t out_step) {
    wherry::http::ChunkDecoder decoder;
    Decoded result;
    std::array<char, 4096> out{};
    while (result.consumed < bytes.size() && !decoder.finished()) {
        const auto step =
            decoder.decode(bytes.substr(result.consumed, in_step), std::span(out).first(out_step));
        if (!step.ok()) {
            result.failed = true;
            // How far it got before it noticed differs with the pieces.
            result.consumed = 0;
            result.text.clear();
            return result;
        }
        if (step->consumed == 0 && step->produced == 0) {
            std::abort();  // no progress: a reader would turn for ever
        }
        result.consumed += step->consumed;
        result.text.append(out.data(), step->produced);
    }
    result.finished = decoder.finished();
    return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto whole = decode(bytes, bytes.size(), 4096);
    const auto in_pieces = decode(bytes, 1, 4096);
    const auto out_pieces = decode(bytes, 7, 3);
    if (!(whole == in_pieces) || !(whole == out_pieces)) {
        std::abort();
    }
    return 0;
}
