#include "net/async/stream.hpp"

#include <vector>

namespace wherry::async {

namespace {
constexpr std::size_t pump_size = std::size_t{64} * 1024;
}

Task<Result<>> Stream::write_pieces(std::span<const std::string_view> pieces) {
    for (const auto piece : pieces) {
        if (!piece.empty()) {
            CO_CHECK_OK(co_await write(piece));
        }
    }
    co_return Result<>();
}

Task<Result<>> pump(Stream& source, Stream& target) {
    std::vector<char> buffer(pump_size);
    while (true) {
        CO_TRY(const std::size_t got, co_await source.read_some(buffer));
        if (got == 0) {
            co_return co_await target.shutdown_write();
        }
        const std::string_view bytes(buffer.data(), got);
        CO_CHECK_OK(co_await target.write(bytes));
    }
}

}  // namespace wherry::async
