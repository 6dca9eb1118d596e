#include "codec/archive/source.hpp"

#include <unistd.h>

#include <algorithm>
#include <vector>

#include "os/entry.hpp"
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

Result<> ByteSink::write_file(int file, std::uint64_t offset, std::uint64_t size) {
    std::vector<char> buffer(static_cast<std::size_t>(std::min<std::uint64_t>(size, block_bytes)));
    while (size > 0) {
        const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(size, buffer.size()));
        TRY(const std::size_t got, os::read_at(file, offset, std::span(buffer).first(most)));
        if (got == 0) {
            return fail(ErrorKind::internal, "a file became shorter while it was archived");
        }
        CHECK_OK(write({buffer.data(), got}));
        offset += got;
        size -= got;
    }
    return {};
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
