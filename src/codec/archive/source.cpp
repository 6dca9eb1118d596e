#include "codec/archive/source.hpp"

#include <unistd.h>

#include <algorithm>
#include <vector>

#include "os/syscall.hpp"

namespace wherry::archive {

namespace {
constexpr std::size_t block_bytes = 128 * 1024;
}

Result<std::size_t> FdSource::read(std::span<char> buffer) {
    TRY(const auto got,
        os::checked("read", "", [&] { return ::read(fd_, buffer.data(), buffer.size()); }));
    return static_cast<std::size_t>(got);
}

Result<std::size_t> TextSource::read(std::span<char> buffer) {
    const std::size_t size = std::min(buffer.size(), rest_.size());
    std::ranges::copy(rest_.substr(0, size), buffer.begin());
    rest_.remove_prefix(size);
    return size;
}

Result<> drain(ByteSource& source) {
    std::vector<char> buffer(block_bytes);
    while (true) {
        TRY(const std::size_t got, source.read(buffer));
        if (got == 0) {
            return {};
        }
    }
}

Result<> copy(ByteSource& source, ByteSink& sink) {
    std::vector<char> buffer(block_bytes);
    while (true) {
        TRY(const std::size_t got, source.read(buffer));
        if (got == 0) {
            return {};
        }
        CHECK_OK(sink.write({buffer.data(), got}));
    }
}

}  // namespace wherry::archive
